"""Tones of the network."""

import numpy as np

from voice.audio import LINE_RATE, encode, padded


def tone(hertz: float, seconds: float, level: float = 0.3) -> bytes:
    """A sine as µ-law in whole frames; `level` is its amplitude, 0..1."""
    at = np.arange(int(seconds * LINE_RATE)) / LINE_RATE
    return padded(encode((level * 32767 * np.sin(2 * np.pi * hertz * at)).astype(np.int16)))


def beep() -> bytes:
    """Before a recording."""
    return tone(1000, 0.5)
