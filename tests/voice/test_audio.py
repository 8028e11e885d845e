"""G.711, resampling and framing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice.audio import (
    FRAME,
    SILENCE,
    Framer,
    Resampler,
    decode,
    encode,
    first_audible,
    padded,
    upsample,
)


def tone(hertz: float, seconds: float, rate: int, level: float = 0.5) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    return (np.sin(2 * np.pi * hertz * t) * level * 32767).astype(np.int16)


def test_mulaw_codes_of_the_standard() -> None:
    # ITU-T G.711 table 2a: the first decision values of each sign, scaled from 14 to 16 bits.
    assert decode(b"\xff\x7f\x80\x00\xfe\x7e").tolist() == [0, 0, 32124, -32124, 8, -8]
    assert encode(np.array([0, 8, -8, 32767, -32768], dtype=np.int16)) == b"\xff\xfe\x7e\x80\x00"


@given(st.binary(max_size=400))
def test_every_code_survives_decoding_and_encoding_but_negative_zero(data: bytes) -> None:
    assert encode(decode(data)) == data.replace(b"\x7f", b"\xff")


@given(st.lists(st.integers(-32635, 32635), max_size=50))
def test_coding_errs_by_at_most_half_a_step(values: list[int]) -> None:
    pcm = np.array(values, dtype=np.int16)
    error = np.abs(decode(encode(pcm)).astype(int) - pcm)
    assert (error <= np.maximum(4, np.abs(pcm.astype(int)) / 16 + 8)).all()


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_point_8_payloads_of_any_size_become_whole_frames(payloads: list[bytes]) -> None:
    framer = Framer()
    frames = [frame for payload in payloads for frame in framer.push(payload)]
    everything = b"".join(payloads)
    assert all(len(frame) == FRAME for frame in frames)
    assert b"".join(frames) == everything[: len(everything) // FRAME * FRAME]
    assert framer.pending == len(everything) % FRAME


def test_point_14_resampling_in_pieces_equals_resampling_at_once() -> None:
    wide = tone(440, 0.5, 22050)
    at_once = Resampler(22050, 8000)
    whole = np.concatenate([at_once.push(wide), at_once.finish()])
    in_pieces = Resampler(22050, 8000)
    parts = [in_pieces.push(wide[i : i + 777]) for i in range(0, len(wide), 777)] + [in_pieces.finish()]
    pieced = np.concatenate(parts)
    assert len(whole) == len(pieced) == 4000
    assert np.abs(whole.astype(int) - pieced.astype(int)).max() <= 2  # soxr dithers each output sample
    steps = np.abs(np.diff(pieced[200:-200].astype(int)))
    assert steps.max() < 2 * np.pi * 440 / 8000 * 0.5 * 32767 * 1.05  # a sine's steepest step: no click at a joint


def test_whisper_hears_the_same_tone_at_16_khz() -> None:
    wide = upsample(encode(tone(1000, 0.5, 8000)))
    assert wide.dtype == np.float32 and len(wide) == 8000
    spectrum = np.abs(np.fft.rfft(wide))
    assert np.argmax(spectrum) * 16000 / len(wide) == 1000
    assert 0.4 < np.abs(wide).max() < 0.6


def test_point_14_a_tail_is_padded_with_silence_to_a_whole_frame() -> None:
    assert padded(b"\x01" * 161) == b"\x01" * 161 + SILENCE * 159
    assert padded(b"\x01" * 160) == b"\x01" * 160


def test_first_audible_sample() -> None:
    assert first_audible(SILENCE * 300) is None
    assert first_audible(SILENCE * 300 + encode(np.full(5, 4000, dtype=np.int16))) == 300
