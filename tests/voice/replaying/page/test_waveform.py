import numpy as np
import pytest

from tests.voice.replaying.page.documents import recording
from voice.replaying.page.waveform import opened, waveform


def test_a_bucket_of_five_milliseconds_holds_its_loudest_sample() -> None:
    sound = opened(recording(2.0, [(0, 0.5, 1.0, 16384)]))
    assert sound is not None
    wave = waveform(sound)
    assert wave.seconds == 2.0
    assert len(wave.caller) == len(wave.agent) == 400
    assert max(wave.caller[:100]) == 0
    assert min(wave.caller[100:200]) >= 120
    assert max(wave.caller) == 127
    assert max(wave.caller[200:]) == 0
    assert max(wave.agent) == 0


def test_the_left_channel_is_the_caller() -> None:
    sound = opened(recording(1.0, [(1, 0.0, 1.0, 32767)]))
    assert sound is not None
    wave = waveform(sound)
    assert (max(wave.caller), max(wave.agent)) == (0, 255)


@pytest.mark.parametrize(("most", "buckets"), [(10, 10), (7, 7), (8000, 200)])
def test_there_are_never_more_buckets_than_asked_for(most: int, buckets: int) -> None:
    sound = opened(recording(1.0))
    assert sound is not None
    assert len(waveform(sound, most).caller) == buckets


def test_a_click_in_a_long_recording_is_not_lost() -> None:
    sound = opened(recording(300.0, [(0, 250.0, 250.01, 32767)]))
    assert sound is not None
    row = np.frombuffer(waveform(sound, 1000).caller, np.uint8)
    assert len(row) == 1000
    assert np.flatnonzero(row > 200).tolist() == [833]


def test_full_scale_below_zero_is_no_more_than_full_scale() -> None:
    wav = bytearray(recording(0.1))
    wav[44:46] = b"\x00\x80"
    sound = opened(bytes(wav))
    assert sound is not None
    assert waveform(sound).caller[0] == 255


def test_what_is_no_stereo_wav_is_not_opened() -> None:
    whole = recording(1.0)
    mono = bytearray(whole)
    mono[22] = 1
    for other in (b"", b"RIFF", b"ID3" * 40, whole[:30], whole[:44], bytes(mono), recording(0.0)):
        assert opened(other) is None


def test_a_recording_that_a_crash_cut_short_is_as_long_as_what_is_there() -> None:
    sound = opened(recording(2.0)[: 44 + 8000 * 4])
    assert sound is not None
    assert sound.seconds == 1.0
    assert len(waveform(sound).agent) == 200
