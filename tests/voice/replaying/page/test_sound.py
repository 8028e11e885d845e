import io

import av
import numpy as np
import pytest

from tests.voice.replaying.page.documents import recording
from voice.replaying.page.sound import mp3
from voice.replaying.page.waveform import opened


def decoded(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Shape (2, samples at 16 kHz), within -1..1."""
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (16000, 2)
        found = [frame.to_ndarray() for frame in container.decode(stream)]
    return np.concatenate(found, axis=1).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.05, 7.3, 20.0])
def test_nothing_is_added_and_nothing_lost(seconds: float) -> None:
    sound = opened(recording(seconds))
    assert sound is not None
    assert decoded(mp3(sound)).shape[1] == pytest.approx(seconds * 16000, abs=1200)


def test_each_side_keeps_to_its_channel_and_its_time() -> None:
    sound = opened(recording(12.0, [(0, 2.0, 4.0, 12000), (1, 9.0, 11.0, 12000)]))
    assert sound is not None
    caller, agent = decoded(mp3(sound))
    loud = np.flatnonzero(np.abs(caller) > 0.15) / 16000
    assert loud[0] == pytest.approx(2.0, abs=0.03)
    assert loud[-1] == pytest.approx(4.0, abs=0.03)
    assert np.abs(agent[: 8 * 16000]).max() < 0.02
    assert np.abs(agent[int(9.5 * 16000) : int(10.5 * 16000)]).max() == pytest.approx(12000 / 32768, abs=0.05)


def test_a_minute_is_a_quarter_of_a_megabyte() -> None:
    sound = opened(recording(60.0, [(0, 0.0, 60.0, 9000), (1, 0.0, 60.0, 9000)]))
    assert sound is not None
    assert len(mp3(sound)) == pytest.approx(240_000, rel=0.02)
