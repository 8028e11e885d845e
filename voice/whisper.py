"""Whisper in this process, made fit for turns of a telephone call.

faster-whisper's `transcribe` is built for files: it pads everything to 30 s, searches with a beam of 5,
writes timestamps and climbs a ladder of six temperatures. A turn is 0.5-8 s, so here (figures in
tests/bench/asr.py):

- the encoder hears a window as long as the turn and a margin, not 30 s. Stock weights were trained on 30 s
  and loop on exact windows, so the floor is 10 s + 2 s unless the model's card says that it was trained for
  less;
- the window's rest is an idle line's dither *before* the features are made, not zeros after them;
- greedy, no timestamps, one temperature; a beam only when more than one hypothesis is wanted;
- what the step expects stands before the transcript as faster-whisper's `hotwords` do.

Each of these can go wrong, and each has a guard. A transcript that loops (compression ratio > 2.4), that the
model itself doubts (mean log-probability < -1), that ran into the token limit or holds more characters than
can be said in the time is *doubtful*: decoded again without the bias, if there was one, then once more over
30 s; the better one counts. Words that Whisper is known to invent on noise are dropped when little speaks for
them (voice.hallucination).

The libraries are imported when a Decoder is made: the server's process, which makes none, never loads them.
"""

import json
import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sop.reading import Hypothesis
from voice.audio import LINE_RATE, WHISPER_RATE, Waveform, is_audible, upsample
from voice.errors import ModelMissing
from voice.hallucination import compression, echoes, invented
from voice.worker import WorkerLimits

LONGEST_S = 30.0
"""Whisper's own window; a longer turn is cut off here."""
CARD = "switchboard.json"
"""File in a model's folder that says what the model was trained for; see Card."""

_Model: TypeAlias = Any  # faster_whisper.WhisperModel; the libraries carry no types
_Encoded: TypeAlias = Any  # ctranslate2.StorageView

_BUCKET_S = 0.5
_MOST_TOKENS = 380
"""Of a transcript: Whisper's 448 places without room for a bias."""
_IDLE_LINE = 8 / 32768
"""Magnitude of µ-law's smallest step."""
_DOUBT = 0.5
"""What is left of the confidence in a transcript that stayed doubtful."""


@dataclass(frozen=True, slots=True)
class AsrSettings:
    """Which Whisper, and how it is asked."""

    model: Path
    """Folder of a CTranslate2 Whisper: model.bin, config.json, tokenizer.json, vocabulary."""
    threads: int = 2
    """Threads of the engine's process."""
    language: str = "en"
    """Code of the language; models for English alone ignore it."""
    window_floor_s: float | None = None
    """Seconds that the encoder hears at least. None: what the model's card says, 10 without one."""
    window_margin_s: float | None = None
    """Seconds that it hears beyond the turn. None: what the model's card says, 2 without one."""
    beam: int = 4
    """Width of the search when several hypotheses are wanted."""
    tokens_per_s: float | None = None
    """The transcript's limit grows by this with each second of the turn. None: as the card says, or 6."""
    tokens_more: int = 12
    """Tokens that any turn may have beyond that."""
    compression_ratio: float = 2.4
    """Above this a transcript loops."""
    doubt_below: float = -1.0
    """A mean log-probability below this is doubtful."""
    no_speech: float = 0.5
    """Above this, and below `quiet_below`, nothing was said."""
    quiet_below: float = -0.6
    """Mean log-probability."""
    characters_per_s: float = 30.0
    """More than anybody says."""
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    """Of the queue and the answer."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a model was trained for. The defaults are safe for models of the hub."""

    window_floor_s: float = 10.0
    window_margin_s: float = 2.0
    bias: bool = True
    """Whether words before the transcript help it."""
    bias_tokens: int = 60
    """Tokens of bias; what is longer is cut off. Each costs time."""
    tokens_per_s: float = 6.0
    """Of fast speech; a model with short tokens needs more."""
    suppress_blank: bool = True
    """Whether to forbid an empty transcript; only a model that was taught silence does well without."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """What Whisper made of a turn."""

    hypotheses: tuple[Hypothesis, ...]
    """Best first, no two alike; empty when nothing was said."""
    no_speech: float
    """The model's own probability, 0..1, that nothing was said."""
    window_s: float
    """Seconds that the encoder heard, the last time it was asked."""
    retried: bool
    """Whether a doubtful transcript was decoded again."""
    wall_ms: float
    """In the engine's process, without the queue."""
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class _Transcript:
    text: str
    log_probability: float
    """Mean over the tokens and the end."""
    capped: bool


@dataclass(frozen=True, slots=True)
class _Attempt:
    transcripts: tuple[_Transcript, ...]
    no_speech: float
    window_s: float

    @property
    def best(self) -> _Transcript:
        return self.transcripts[0]


class Decoder:
    """Whisper in this process. Not for several threads at once."""

    def __init__(self, settings: AsrSettings) -> None:
        """Load the model and decode a second of silence, which the first turn would otherwise pay for.

        Raises ModelMissing when a file is absent or cannot be read.
        """
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 - the server's process never loads it

        card = read_card(settings.model)
        self._settings = settings
        self._card = replace(
            card,
            window_floor_s=_first(settings.window_floor_s, card.window_floor_s),
            window_margin_s=_first(settings.window_margin_s, card.window_margin_s),
            tokens_per_s=_first(settings.tokens_per_s, card.tokens_per_s),
        )
        self._model = _whisper(settings)
        self._tokens = Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, "transcribe", settings.language
        )
        dither = np.random.default_rng(8000).integers(-1, 2, int(LONGEST_S * WHISPER_RATE))
        self._idle_line: Waveform = (dither * _IDLE_LINE).astype(np.float32)
        self._attempt(self._encoded(self._idle_line[:WHISPER_RATE], 1.0), 1.0, (), 1, 4)

    def decode(self, mulaw: bytes, *, bias: tuple[str, ...] = (), nbest: int = 1, again: bool = True) -> Recognition:
        """What was said in at most 30 s of µ-law audio.

        `again`: whether a doubtful transcript is decoded again over 30 s.
        """
        wall, cpu = time.perf_counter(), time.process_time()
        if not is_audible(mulaw):
            return Recognition((), no_speech=1.0, window_s=0.0, retried=False, wall_ms=0.0, cpu_ms=0.0)
        attempt, retried = self._best_attempt(mulaw, bias, nbest, again)
        return Recognition(
            hypotheses=self._hypotheses(attempt, _seconds(mulaw)),
            no_speech=round(attempt.no_speech, 3),
            window_s=attempt.window_s,
            retried=retried,
            wall_ms=round((time.perf_counter() - wall) * 1000, 1),
            cpu_ms=round((time.process_time() - cpu) * 1000, 1),
        )

    def _best_attempt(self, mulaw: bytes, bias: tuple[str, ...], nbest: int, again: bool) -> tuple[_Attempt, bool]:
        """The first attempt that is not doubtful, or the better of them; and whether there were several."""
        heard = upsample(mulaw)[: int(LONGEST_S * WHISPER_RATE)]
        seconds = _seconds(mulaw)
        window_s = self._window_s(seconds)
        limit = min(_MOST_TOKENS, math.ceil(seconds * self._card.tokens_per_s) + self._settings.tokens_more)
        bias = bias if self._card.bias else ()
        encoded = self._encoded(heard, window_s)
        attempt = self._attempt(encoded, window_s, bias, nbest, limit)
        retried = False
        echoed = echoes(attempt.best.text, bias, seconds)
        if bias and (echoed or self._doubtful(attempt, seconds)):
            plain = self._attempt(encoded, window_s, (), nbest, limit)
            attempt, retried = plain if echoed else self._better(plain, attempt, seconds), True
        if again and window_s < LONGEST_S and self._doubtful(attempt, seconds):
            whole = self._attempt(self._encoded(heard, LONGEST_S), LONGEST_S, (), nbest, limit)
            attempt, retried = self._better(whole, attempt, seconds), True
        return attempt, retried

    def _window_s(self, seconds: float) -> float:
        """Bucketed, so that the engine meets few different shapes."""
        wanted = max(self._card.window_floor_s, seconds + self._card.window_margin_s)
        return min(LONGEST_S, math.ceil(wanted / _BUCKET_S) * _BUCKET_S)

    def _encoded(self, heard: Waveform, window_s: float) -> _Encoded:
        """The encoder's output for what was heard, with an idle line behind it.

        A window of 30 s is filled as `transcribe` fills it, with features of zero: every model that is used with
        faster-whisper is used so.
        """
        from ctranslate2 import StorageView  # noqa: PLC0415

        frames = int(window_s * self._model.frames_per_second)
        filled_s = 1.0 if window_s == LONGEST_S else window_s
        idle = self._idle_line[: max(0, int(filled_s * WHISPER_RATE) - heard.size)]
        mel = self._model.feature_extractor(np.concatenate((heard, idle)), padding=0)[:, :frames]
        shown = np.pad(mel, ((0, 0), (0, frames - mel.shape[1])))[np.newaxis]
        return self._model.model.encode(StorageView.from_array(np.ascontiguousarray(shown)))

    def _attempt(self, encoded: _Encoded, window_s: float, bias: tuple[str, ...], nbest: int, limit: int) -> _Attempt:
        prompt = self._prompt(bias)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1 if nbest == 1 else max(nbest, self._settings.beam),
            num_hypotheses=nbest,
            # CTranslate2 stops after min(max_length / 2, max_length - prompt) tokens.
            max_length=max(2 * limit, limit + len(prompt)),
            suppress_blank=self._card.suppress_blank,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        transcripts = tuple(
            _Transcript(
                text=self._tokens.decode(ids).strip(),
                # The score is the mean without the end's token; the end was decided as well.
                log_probability=score * len(ids) / (len(ids) + 1),
                capped=len(ids) >= limit,
            )
            for ids, score in zip(result.sequences_ids, result.scores, strict=True)
        )
        return _Attempt(transcripts, float(result.no_speech_prob), window_s)

    def _prompt(self, bias: tuple[str, ...]) -> list[int]:
        """As `WhisperModel.get_prompt` with hotwords and without timestamps."""
        tokens = self._tokens
        before: list[int] = []
        if bias:
            before = [tokens.sot_prev, *tokens.encode(" " + ", ".join(bias))[: self._card.bias_tokens]]
        return [*before, *tokens.sot_sequence, tokens.no_timestamps]

    def _doubtful(self, attempt: _Attempt, seconds: float) -> bool:
        best = attempt.best
        if not best.text or self._silent(best, attempt.no_speech):
            return False
        return best.capped or best.log_probability < self._settings.doubt_below or self._impossible(best.text, seconds)

    def _better(self, new: _Attempt, old: _Attempt, seconds: float) -> _Attempt:
        """The one that is not doubtful, else the one that the model likes better."""
        doubts = self._doubtful(new, seconds), self._doubtful(old, seconds)
        if doubts[0] != doubts[1]:
            return old if doubts[0] else new
        return max(new, old, key=lambda attempt: attempt.best.log_probability)

    def _silent(self, transcript: _Transcript, no_speech: float) -> bool:
        quiet = transcript.log_probability < self._settings.quiet_below
        return quiet and no_speech > self._settings.no_speech

    def _impossible(self, text: str, seconds: float) -> bool:
        """It loops, or nobody speaks so fast."""
        hurried = len(text) > self._settings.characters_per_s * max(seconds, 0.2)
        return hurried or compression(text) > self._settings.compression_ratio

    def _hypotheses(self, attempt: _Attempt, seconds: float) -> tuple[Hypothesis, ...]:
        """What is worth reading, best first."""
        trust = (1 - attempt.no_speech) * (_DOUBT if self._doubtful(attempt, seconds) else 1.0)
        kept: dict[str, Hypothesis] = {}
        for transcript in attempt.transcripts:
            text = transcript.text
            if not text or self._silent(transcript, attempt.no_speech) or self._impossible(text, seconds):
                continue
            if invented(text, transcript.log_probability, attempt.no_speech):
                continue
            confidence = min(1.0, math.exp(transcript.log_probability) * trust)
            kept.setdefault(text, Hypothesis(text, round(confidence, 3)))
        return tuple(kept.values())


def read_card(folder: Path) -> Card:
    """The model's card, or the safe defaults when it has none. Raises ModelMissing when it can't be read."""
    try:
        written = json.loads((folder / CARD).read_text(encoding="utf-8"))
        usual = Card()
        return Card(
            window_floor_s=float(written.get("window_floor_s", usual.window_floor_s)),
            window_margin_s=float(written.get("window_margin_s", usual.window_margin_s)),
            bias=bool(written.get("bias", usual.bias)),
            bias_tokens=int(written.get("bias_tokens", usual.bias_tokens)),
            tokens_per_s=float(written.get("max_tokens_per_second", usual.tokens_per_s)),
            suppress_blank=bool(written.get("suppress_blank", usual.suppress_blank)),
        )
    except FileNotFoundError:
        return Card()
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelMissing(f"{folder / CARD} can't be read ({error}): restore it, or delete it") from error


def _whisper(settings: AsrSettings) -> _Model:
    """faster-whisper's WhisperModel, from files that are here: a missing one is never fetched."""
    from faster_whisper import WhisperModel  # noqa: PLC0415

    folder = settings.model
    mend = f"restore it, or fetch it with `switchboard models get {folder.name}`"
    for name in ("model.bin", "config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ModelMissing(f"{folder / name} is missing: {mend}")
    try:
        json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=settings.threads)
    except (RuntimeError, ValueError) as error:
        raise ModelMissing(f"{folder} can't be loaded ({str(error).splitlines()[0]}): {mend}") from error


def _first(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given


def _seconds(mulaw: bytes) -> float:
    return min(LONGEST_S, len(mulaw) / LINE_RATE)
