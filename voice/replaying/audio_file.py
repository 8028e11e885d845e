"""The recording of a call, from any common file, as what went over the line: PCM16 at 8000 Hz, one array a side.

WAV (PCM, float, µ-law, A-law), MP3, OGG (Vorbis, Opus), FLAC and M4A are decoded piece by piece, so that hours of a
call take no more memory than their samples. Nothing is changed in silence: `notes` says what was.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import InputContainer

from voice.audio import LINE_RATE, Pcm, Resampler
from voice.errors import OperatorError

LIMIT_S = 4 * 3600
"""The longest call that is read: 230 MB a side."""
_PROGRESS_S = 10
_KINDS = "WAV, MP3, OGG, FLAC or M4A"
_FORMATS = "wav,mp3,ogg,flac,mov,mp4,m4a"
"""FFmpeg's names of them. Others, playlists among them, are not even tried: those may name further files."""
_EXACT = frozenset({"pcm_s16le", "pcm_u8", "pcm_mulaw", "pcm_alaw", "flac"})
"""Codecs whose samples 16 bits hold as they are, where FFmpeg gives 16 or 8."""
_HOLE = 0.02
"""Seconds between one piece's end and the next one's time above which sound is missing there."""


@dataclass(frozen=True, slots=True, eq=False)
class CallAudio:
    """Both sides of a call, of the same length."""

    left: Pcm
    right: Pcm | None
    """None where the file has one channel."""
    rate_was: int
    """The file's own, in Hz."""
    notes: tuple[str, ...]
    """What was mended or converted; empty for a sound file of 8000 Hz and at most 16 bits."""


def read_call_audio(path: Path, progress: Callable[[float], None] | None = None) -> CallAudio:
    """The channels of an audio file at 8000 Hz. `progress` is told, now and then, how many seconds have been read.

    What a truncated or damaged file still has is used where most of it is there.

    Raises:
        OperatorError: nothing can be made of the file, it has more than two channels, or is longer than `LIMIT_S`.
    """
    try:
        with path.open("rb") as file:
            notes = _promises(file.read(1 << 16), path.stat().st_size)
            file.seek(0)
            with av.open(file, "r", options={"format_whitelist": _FORMATS}) as container:
                decoding = _Decoding(path, _stream_of(container, path), progress)
                decoding.run(container)
    except av.FFmpegError as error:
        if not path.stat().st_size:
            raise OperatorError(f"{path} is empty; fetch the recording again") from None
        raise OperatorError(
            f"{path} can't be read as sound ({error.strerror or 'damaged'}); name a {_KINDS} file that a player plays"
        ) from None
    except OSError as error:
        raise OperatorError(f"{path} can't be read: {error.strerror}; name a {_KINDS} file") from None
    sides = decoding.sides()
    return CallAudio(sides[0], sides[1] if len(sides) > 1 else None, decoding.rate, (*notes, *decoding.notes()))


def _stream_of(container: InputContainer, path: Path) -> AudioStream:
    streams = container.streams.audio
    if not streams:
        raise OperatorError(f"{path} has no sound in it; name a {_KINDS} file of the call")
    if len(streams) > 1:
        raise OperatorError(f"{path} has {len(streams)} sound tracks; save the call's as one file of two channels")
    if (channels := streams[0].codec_context.layout.nb_channels) > 2:
        raise OperatorError(f"{path} has {channels} channels; save two of them, the caller left and the agent right")
    return streams[0]


class _Decoding:
    """One file on its way to the line's rate."""

    def __init__(self, path: Path, stream: AudioStream, progress: Callable[[float], None] | None) -> None:
        self._path = path
        self._stream = stream
        self._progress = progress or (lambda _: None)
        self.rate = 0
        """As decoded, known with the first piece: a container may say half of it."""
        self._resamplers: list[Resampler] = []
        self._out: list[bytearray] = []
        self._read = 0
        self._next_report = _PROGRESS_S
        self._pieces = self._broken = self._filled = self._mended = 0
        self._wide = False
        self._began: float | None = None
        self._breaks_off = False
        self._codec = ""
        self._promised = 0.0

    def run(self, container: InputContainer) -> None:
        """Decodes to the end, or to where the file breaks off. The stream is gone when the container is closed."""
        self._decode(container)
        stream = self._stream
        self._codec = stream.codec_context.name
        self._promised = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0

    def _decode(self, container: InputContainer) -> None:
        packets = iter(container.demux(self._stream))
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                self._breaks_off = True
                return
            if packet is None:
                return
            self._pieces += packet.size > 0
            try:
                frames = self._stream.decode(packet)
            except av.FFmpegError:
                self._broken += 1
                continue
            for frame in frames:
                self._take(frame)

    def _take(self, frame: av.AudioFrame) -> None:
        if not self._out:
            self.rate = frame.sample_rate
            self._out = [bytearray() for _ in range(frame.layout.nb_channels)]
            self._resamplers = [Resampler(self.rate, LINE_RATE) for _ in self._out if self.rate != LINE_RATE]
        if (frame.sample_rate, frame.layout.nb_channels) != (self.rate, len(self._out)):
            raise OperatorError(
                f"{self._path} changes at {self._read / self.rate:.1f} s to {frame.layout.nb_channels} channels of"
                f" {frame.sample_rate} Hz; save it anew with one rate and layout throughout"
            )
        if frame.time is not None:
            self._began = frame.time if self._began is None else self._began
            hole = frame.time - self._began - self._read / self.rate
            if hole > _HOLE:
                self._fill(round(hole * self.rate))
        self._wide |= frame.format.bytes > 2
        pcm, mended = _pcm(frame.to_ndarray(), len(self._out))
        self._mended += mended
        self._push(pcm)

    def _fill(self, missing: int) -> None:
        self._filled += missing
        while missing > 0:
            piece = min(missing, self.rate)
            self._push(np.zeros((len(self._out), piece), dtype=np.int16))
            missing -= piece

    def _push(self, pcm: Pcm) -> None:
        self._read += pcm.shape[1]
        if self._read > LIMIT_S * self.rate:
            raise OperatorError(f"{self._path} is longer than {LIMIT_S // 3600} hours; cut the call out of it")
        for channel, out in enumerate(self._out):
            side = np.ascontiguousarray(pcm[channel])
            out.extend((self._resamplers[channel].push(side) if self._resamplers else side).tobytes())
        if self._read >= self._next_report * self.rate:
            self._next_report += _PROGRESS_S
            self._progress(self._read / self.rate)

    def sides(self) -> list[Pcm]:
        """What was read, once; nothing is read after it."""
        if 2 * self._broken > self._pieces:
            raise OperatorError(
                f"{self._path}: {self._broken} of its {self._pieces} pieces can't be decoded; fetch the recording again"
            )
        if not self._read:
            raise OperatorError(f"{self._path} has a header and no sound behind it; fetch the recording again")
        for resampler, out in zip(self._resamplers, self._out, strict=False):
            out.extend(resampler.finish().tobytes())
        self._progress(self._read / self.rate)
        return [np.frombuffer(bytes_of, dtype=np.int16) for bytes_of in self._out]

    def notes(self) -> tuple[str, ...]:
        """What is not as it was in the file."""
        seconds, codec, promised = self._read / self.rate, self._codec, self._promised
        cut = self._breaks_off or promised - seconds > 0.5
        found = (
            (self._wide or codec not in _EXACT, f"decoded from {codec.removesuffix('float')} to 16 bits"),
            (self.rate != LINE_RATE, f"resampled from {self.rate} Hz to {LINE_RATE} Hz"),
            (self._broken, f"{self._broken} of {self._pieces} pieces are damaged and left out"),
            (self._filled, f"{self._filled / self.rate:.2f} s are missing within it: silence stands there"),
            (self._mended, f"{self._mended} samples were beyond full scale, or no number, and were clipped"),
            (cut, f"breaks off: {max(promised - seconds, 0):.1f} s that its header promises are missing"),
        )
        return tuple(note for holds, note in found if holds)


def _pcm(raw: npt.NDArray[np.generic], channels: int) -> tuple[Pcm, int]:
    """FFmpeg's samples, planar or interleaved, as int16 of shape (channels, samples); how many had to be clipped."""
    sides = raw if raw.shape[0] == channels and channels > 1 else raw.reshape(-1, channels).T
    if sides.dtype == np.int16:
        return sides.astype(np.int16, copy=False), 0
    if sides.dtype == np.uint8:
        return (sides.astype(np.int16) - 128) << 8, 0
    if sides.dtype == np.int32:
        return np.minimum((sides.astype(np.int64) + (1 << 15)) >> 16, 32767).astype(np.int16), 0
    wide = sides.astype(np.float64) * 32768
    beyond = ~np.isfinite(wide) | (wide > 32768) | (wide < -32768)
    return np.clip(np.rint(np.nan_to_num(wide)), -32768, 32767).astype(np.int16), int(np.count_nonzero(beyond))


_UNSAID = (0, 0x7FFF0000)
"""Sizes of a WAV's data that mean "unknown": nothing, and whatever is near 2 or 4 GiB, as streaming writers put it."""


def _promises(head: bytes, size: int) -> tuple[str, ...]:
    """What a WAV's header says of its length that the file, of `size` bytes, does not keep. `head` is its beginning."""
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return ()
    place, rate = 12, 0
    while place + 8 <= len(head):
        name, length = struct.unpack_from("<4sI", head, place)
        if name == b"fmt " and place + 20 <= len(head):
            rate = struct.unpack_from("<I", head, place + 16)[0]
        if name == b"data":
            there = size - place - 8
            if length == _UNSAID[0] or length >= _UNSAID[1]:
                return ("its header does not say how long it is: all that follows is used",)
            if length > there and rate:
                said, left = length / rate, there / rate
                return (f"truncated: its header promises {said:.1f} s, {said - left:.1f} s of that are missing",)
            return ()
        place += 8 + length + length % 2
    return ()
