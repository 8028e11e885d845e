"""Audio files of every kind, whole and damaged. They are written here, by Python's wave module or by FFmpeg."""

import struct
import wave
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
import numpy.typing as npt
import pytest

from voice.audio import Pcm, decode, encode
from voice.errors import OperatorError
from voice.replaying import audio_file
from voice.replaying.audio_file import read_call_audio


def two_tones(rate: int, seconds: float = 3.0) -> Pcm:
    """Shape (samples, 2): 300 Hz left, 800 Hz right, from half a second on."""
    at = np.arange(round(seconds * rate)) / rate
    both = np.stack([8000 * np.sin(2 * np.pi * hertz * at) for hertz in (300, 800)], axis=1)
    both[at < 0.5] = 0
    return both.astype(np.int16)


def hertz(channel: Pcm) -> float:
    """The loudest frequency in the second second."""
    second = channel[8000:16000].astype(float)
    return float(np.argmax(abs(np.fft.rfft(second))))


def wav(path: Path, code: int, bits: int, samples: npt.NDArray[np.generic], rate: int = 8000) -> Path:
    """A WAV file by hand. `samples`: as they lie in the file, shape (samples, channels)."""
    return raw_wav(path, code, bits, samples.shape[1], samples.tobytes(), rate)


def raw_wav(path: Path, code: int, bits: int, channels: int, data: bytes, rate: int = 8000) -> Path:
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", code, channels, rate, rate * align, align, bits)
    body = struct.pack("<4sI", b"fmt ", len(form)) + form + struct.pack("<4sI", b"data", len(data)) + data
    path.write_bytes(struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WAVE") + body)
    return path


def coded(path: Path, codec: str, rate: int, seconds: float = 3.0) -> Path:
    """The two tones, by one of FFmpeg's encoders."""
    pcm = two_tones(rate, seconds)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo", options={"strict": "experimental"})
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1).copy(), format="s16", layout="stereo")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, "stereo", rate, frame_size=stream.codec_context.frame_size or None)
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(piece))
    return path


def refused(path: Path) -> str:
    with pytest.raises(OperatorError) as raised:
        read_call_audio(path)
    assert str(path) in str(raised.value)
    return str(raised.value)


def test_a_recording_of_our_own_is_read_as_it_is(tmp_path: Path) -> None:
    path, both = tmp_path / "call.wav", two_tones(8000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(both.tobytes())
    audio = read_call_audio(path)
    assert audio.right is not None
    assert np.array_equal(audio.left, both[:, 0])
    assert np.array_equal(audio.right, both[:, 1])
    assert (audio.rate_was, audio.notes) == (8000, ())


@pytest.mark.parametrize("law", ["pcm_mulaw", "pcm_alaw"])
def test_both_laws(tmp_path: Path, law: str) -> None:
    audio = read_call_audio(coded(tmp_path / "call.wav", law, 8000))
    assert hertz(audio.left) == 300
    assert audio.notes == ()


def test_a_law_is_decoded_by_its_table(tmp_path: Path) -> None:
    every = bytes(range(256)) * 4
    audio = read_call_audio(raw_wav(tmp_path / "call.wav", 7, 8, 1, every))
    assert audio.right is None
    assert encode(audio.left) == encode(decode(every))


def test_eight_bits(tmp_path: Path) -> None:
    audio = read_call_audio(wav(tmp_path / "call.wav", 1, 8, np.array([[0], [127], [128], [255]] * 300, np.uint8)))
    assert audio.left[:4].tolist() == [-32768, -256, 0, 127 * 256]
    assert audio.notes == ()


def test_twenty_four_and_thirty_two_bits_are_rounded(tmp_path: Path) -> None:
    # 1.5, -1.5 and nearly full scale in units of 16 bits
    data = b"".join((value).to_bytes(3, "little", signed=True) for value in (384, -385, 8_388_607)) * 300
    audio = read_call_audio(raw_wav(tmp_path / "24.wav", 1, 24, 1, data))
    assert audio.left[:3].tolist() == [2, -2, 32767]
    assert audio.notes == ("decoded from pcm_s24le to 16 bits",)
    wide = np.array([[98304], [-98305], [2**31 - 1]] * 300, dtype=np.int32)
    assert read_call_audio(wav(tmp_path / "32.wav", 1, 32, wide)).left[:3].tolist() == [2, -2, 32767]


def test_floats_beyond_full_scale_and_no_numbers_are_counted(tmp_path: Path) -> None:
    samples = np.array([[0.5], [-1.0], [1.25], [np.nan]] * 200, dtype=np.float32)
    audio = read_call_audio(wav(tmp_path / "call.wav", 3, 32, samples))
    assert audio.left[:4].tolist() == [16384, -32768, 32767, 0]
    assert audio.notes == (
        "decoded from pcm_f32le to 16 bits",
        "400 samples were beyond full scale, or no number, and were clipped",
    )


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("call.mp3", "libmp3lame", 44100),
        ("call.mp3", "libmp3lame", 8000),
        ("call.ogg", "libopus", 48000),
        ("call.ogg", "vorbis", 16000),
        ("call.flac", "flac", 16000),
        ("call.m4a", "aac", 44100),
        ("call.wav", "pcm_s16le", 11025),
    ],
)
def test_other_kinds_and_rates(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    audio = read_call_audio(coded(tmp_path / name, codec, rate))
    assert audio.right is not None
    assert audio.left.size == audio.right.size == pytest.approx(24000, abs=800)
    assert (hertz(audio.left), hertz(audio.right)) == pytest.approx((300, 800), abs=4)
    begins = int(np.argmax(abs(audio.left.astype(int)) > 3000))
    assert begins == pytest.approx(4000, abs=240), "nothing is late"
    assert audio.rate_was == rate
    assert (f"resampled from {rate} Hz to 8000 Hz" in audio.notes) == (rate != 8000)
    assert not any("missing" in note or "damaged" in note for note in audio.notes)


class Container:
    """FFmpeg's, which remembers that it was closed."""

    def __init__(self, container: Any) -> None:
        self.container, self.closed = container, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self.container.close()

    def demux(self, stream: Any) -> Any:
        return self.container.demux(stream.stream)


class Stream:
    """One of its streams: memory that is gone when it is closed."""

    def __init__(self, container: Container) -> None:
        self.of, self.stream = container, container.container.streams.audio[0]

    def __getattr__(self, name: str) -> Any:
        assert not self.of.closed, f"{name} is read from a file that is closed"
        return getattr(self.stream, name)


@pytest.mark.parametrize(("name", "codec"), [("call.mp3", "libmp3lame"), ("call.flac", "flac")])
def test_nothing_is_asked_of_a_file_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, codec: str
) -> None:
    path, real = coded(tmp_path / name, codec, 16000), av.open
    monkeypatch.setattr(av, "open", lambda *given, **more: Container(real(*given, **more)))
    monkeypatch.setattr(audio_file, "_stream_of", lambda container, _: Stream(container))
    assert "resampled from 16000 Hz to 8000 Hz" in read_call_audio(path).notes


def test_a_truncated_wav_gives_what_is_there(tmp_path: Path) -> None:
    path = wav(tmp_path / "call.wav", 1, 16, two_tones(8000))
    path.write_bytes(path.read_bytes()[: 44 + 2 * 8000 * 4 + 3])
    audio = read_call_audio(path)
    assert audio.left.size == 16000
    assert audio.notes == ("truncated: its header promises 3.0 s, 1.0 s of that are missing",)


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_wav_that_was_streamed_does_not_know_its_length(tmp_path: Path, size: int) -> None:
    path = wav(tmp_path / "call.wav", 1, 16, two_tones(8000))
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + struct.pack("<I", size) + whole[44:])
    audio = read_call_audio(path)
    assert audio.left.size == 24000
    assert audio.notes == ("its header does not say how long it is: all that follows is used",)


@pytest.mark.parametrize(("name", "codec"), [("call.mp3", "libmp3lame"), ("call.flac", "flac")])
def test_other_truncated_files(tmp_path: Path, name: str, codec: str) -> None:
    path = coded(tmp_path / name, codec, 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    audio = read_call_audio(path)
    assert 14000 < audio.left.size < 22000
    assert any(note.startswith("breaks off: ") for note in audio.notes)


@pytest.mark.parametrize(("name", "codec", "rate"), [("call.mp3", "libmp3lame", 16000), ("call.ogg", "libopus", 48000)])
def test_what_is_damaged_in_the_middle_is_silence(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = coded(tmp_path / name, codec, rate, seconds=8)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 300] = np.random.default_rng(1).bytes(300)
    path.write_bytes(data)
    audio = read_call_audio(path)
    assert audio.left.size == pytest.approx(64000, abs=1200), "of an MP3 what lies before its next header is lost"
    assert any("missing within it" in note for note in audio.notes)
    assert hertz(audio.left[-20000:]) == 300


def test_files_that_hold_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    assert "No such file" in refused(path)
    path.touch()
    assert "is empty" in refused(path)
    path.write_bytes(np.random.default_rng(2).bytes(50_000))
    assert "can't be read as sound" in refused(path)
    path.write_text("{}\n" * 100)
    assert "can't be read as sound" in refused(path)
    raw_wav(path, 1, 16, 2, b"")
    assert "no sound behind it" in refused(path)
    assert "Is a directory" in refused(tmp_path)


def test_a_file_that_lost_its_index(tmp_path: Path) -> None:
    path = coded(tmp_path / "call.m4a", "aac", 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "can't be read as sound" in refused(path)


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    wav(tmp_path / "secret.wav", 1, 16, two_tones(8000))
    path = tmp_path / "call.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nsecret.wav\n#EXT-X-ENDLIST\n")
    assert "can't be read as sound" in refused(path)


def test_more_than_two_channels(tmp_path: Path) -> None:
    assert "has 3 channels" in refused(wav(tmp_path / "call.wav", 1, 16, np.zeros((800, 3), dtype=np.int16)))


def test_two_tracks(tmp_path: Path) -> None:
    path = tmp_path / "call.m4a"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("aac", rate=8000, layout="mono") for _ in range(2)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), format="fltp", layout="mono")
            frame.sample_rate = 8000
            for piece in (frame, None):
                container.mux(stream.encode(piece))
    assert "has 2 sound tracks" in refused(path)


def test_a_call_that_is_too_long_and_how_far_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav(tmp_path / "call.wav", 1, 16, two_tones(8000, 35))
    told: list[float] = []
    read_call_audio(path, told.append)
    assert [round(seconds) for seconds in told] == [10, 20, 30, 35]
    monkeypatch.setattr(audio_file, "LIMIT_S", 30)
    assert "is longer than" in refused(path)
