"""A recording as a browser plays it: MP3, small enough to lie in a page.

16 kHz, because not every decoder knows MPEG 2.5, which is MP3's only way to hold 8 kHz. A constant bit rate, so that a
time in the call is a place in the data. The channels have nothing in common that joint stereo could save.
"""

import io

import av
import numpy as np
import soxr

from voice.replaying.page.waveform import Stereo

RATE = 16000
BITS_PER_SECOND = 32000
"""At 24000 the encoder cuts off what is above 2.5 kHz."""
LONGEST_S = 30 * 60
"""Beyond it a recording is named and not carried."""
_OPTIONS = {"compression_level": "7", "joint_stereo": "0"}


def mp3(sound: Stereo) -> bytes:
    """The whole recording, both channels. Memory is that of the result and of a few seconds of sound."""
    wide = soxr.ResampleStream(sound.rate, RATE, 2, dtype="int16")
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=RATE, options=_OPTIONS)
        stream.layout = "stereo"
        stream.format = "s16p"
        stream.bit_rate = BITS_PER_SECOND
        left = sound.samples
        for block in sound.blocks():
            left -= len(block)
            piece = wide.resample_chunk(block, last=left <= 0)
            if not len(piece):
                continue
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece.T), format="s16p", layout="stereo")
            frame.sample_rate = RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
