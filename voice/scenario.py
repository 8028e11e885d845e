"""A recorded caller, as its scenario.yaml says: what is played into the line, when, and what must come of it.

    name: plain
    description: A furnace that stopped; every answer at the first try.
    flow: after_hours_hvac
    caller: "+14155550123"
    now: "2026-11-22T19:40:00-05:00"
    voice: flite rms
    turns:
      - {clip: 01.wav, says: my furnace stopped working, voice_ends_ms: 2310}
      - {clip: 02.wav, says: no hold on, when: {over: prompt, at_ms: 1200}}
      - {hang_up: true}
    echo: {delay_ms: 180, db: 24}
    people: {on_call: no_answer}
    tools: {find_claim: [{if: {claim: "1234567"}, answer: {status: denied}}, {fail: true}]}
    expect: {outcome: lead_saved, lead: {name: Karen Mitchell}}

Times are milliseconds on the caller's clock, which is the line's: frames of 20 ms. A mistake names its place
in the file. Nothing here reads a file; `voice.recorded.load` does.
"""

import struct
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voice.audio import LINE_RATE, encode, samples
from voice.errors import OperatorError
from voice.replaying.expected import Expected, mistakes

QUIET_MS = 700


class ScenarioError(OperatorError):
    """A scenario or a clip that cannot be used; the message names the file, the place in it, the mistake."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class After(_Model):
    """The caller waits for the agent to finish."""

    after: Literal["prompt"] = "prompt"
    quiet_ms: Annotated[int, Field(ge=20, le=10_000)] = QUIET_MS
    """The agent counts as finished when nothing of it has been heard for so long."""
    pause_ms: Annotated[int, Field(ge=0, le=30_000)] = 0
    """How long the caller thinks after that."""


class Over(_Model):
    """The caller does not wait: this begins so long after the agent's next words began."""

    over: Literal["prompt"]
    at_ms: Annotated[int, Field(ge=0, le=60_000)]


class Turn(_Model):
    """One thing that the caller does: plays a clip, presses keys or hangs up."""

    clip: str | None = None
    """File in the scenario's folder: WAV, mono, 8000 Hz, µ-law or 16 bits."""
    from_ms: Annotated[int, Field(ge=0)] | None = None
    to_ms: Annotated[int, Field(gt=0)] | None = None
    """A part of the clip, where one file holds the whole of the caller's channel."""
    says: str | None = None
    """The clip's words; empty for a sound without any: a cough, music on hold."""
    voice_ends_ms: Annotated[int, Field(ge=0)] | None = None
    """Where the last word ends, from the beginning of what is played; by default its last sample above a quiet line's
    noise."""
    keys: Annotated[str, Field(pattern=r"^[0-9*#A-D]+$")] | None = None
    hang_up: Literal[True] | None = None
    when: After | Over = After()

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if sum(act is not None for act in (self.clip, self.keys, self.hang_up)) != 1:
            raise ValueError("a turn has exactly one of clip, keys and hang_up")
        if self.clip is not None and (self.says is None or not self.clip.endswith(".wav") or "/" in self.clip):
            raise ValueError("a clip is a .wav file in the scenario's folder and `says` has its words")
        of_clip = (self.says, self.voice_ends_ms, self.from_ms, self.to_ms)
        if self.clip is None and any(given is not None for given in of_clip):
            raise ValueError("only a clip has words and an end of them")
        if self.to_ms is not None and self.to_ms <= (self.from_ms or 0):
            raise ValueError("to_ms lies behind from_ms")
        return self

    def sound(self, clips: Mapping[str, bytes]) -> bytes:
        """The µ-law that is played; none where there is no clip."""
        whole = clips[self.clip] if self.clip is not None else b""
        return whole[samples(self.from_ms or 0) : len(whole) if self.to_ms is None else samples(self.to_ms)]


class Echo(_Model):
    """The caller's telephone carries the agent's voice back."""

    delay_ms: Annotated[int, Field(ge=20, le=1000)]
    db: Annotated[float, Field(ge=3, le=60)]
    """So much quieter than what the caller heard."""


class Expect(Expected):
    """What the call must come to. Barge-ins that are not named must not happen."""

    outcome: str
    barge_ins: Annotated[int, Field(ge=0)] | None = 0


class Scenario(_Model):
    """One recorded caller."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    description: str
    flow: str
    caller: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$|^anonymous$")]
    """E.164, or what the carrier says of a caller who withholds it."""
    called: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] = "+14155550100"
    now: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")]
    """Local time at the business when the call comes in, with offset, so that "tomorrow" has one meaning."""
    parameters: dict[str, str] = {}
    """More that the document's `<Parameter>`s say."""
    voice: str
    """Who recorded the clips."""
    between: str | None = None
    """A clip of the line's noise, repeated while the caller is quiet; None for digital silence."""
    echo: Echo | None = None
    people: dict[str, Literal["accept", "decline", "no_answer", "busy"]] = {}
    """Transfer targets → what whoever is rung for them does; one that is not named accepts."""
    tools: dict[str, list[dict[str, Any]]] | None = None
    """What the procedure's tools answer, as `sop.stub` reads it; the flow's examples where it is absent."""
    limit_s: Annotated[int, Field(ge=5, le=3600)] = 180
    """The caller gives up after so long."""
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    expect: Expect

    @model_validator(mode="after")
    def _hangs_up_last(self) -> Self:
        if any(turn.hang_up for turn in self.turns[:-1]):
            raise ValueError("nothing follows a hang_up")
        return self

    @property
    def clips(self) -> tuple[str, ...]:
        """Every file that the scenario plays."""
        named = [self.between, *(turn.clip for turn in self.turns)]
        return tuple(dict.fromkeys(name for name in named if name is not None))


_KNOWN = frozenset({*Scenario.model_fields, *Turn.model_fields, *Expect.model_fields, *Echo.model_fields})


def parse(text: str, *, source: str) -> Scenario:
    """The text of a scenario.yaml → a scenario. `source` names it in a complaint.

    Raises:
        ScenarioError: every mistake in the file at once, one line each.
    """
    try:
        return Scenario.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise ScenarioError(f"{source}: not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ScenarioError("\n".join(mistakes(error, source, _KNOWN))) from None


_PCM, _MULAW = 1, 7


def mulaw_of_wav(wav: bytes, *, source: str) -> bytes:
    """The samples of a mono WAV at 8000 Hz as µ-law. The format codes are those of RFC 2361.

    Raises:
        ScenarioError: it is no WAV, or of another rate, width or number of channels.
    """
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise ScenarioError(f"{source}: not a WAV file")
    form: tuple[int, ...] | None = None
    place = 12
    while place + 8 <= len(wav):
        name, size = struct.unpack_from("<4sI", wav, place)
        body = wav[place + 8 : place + 8 + size]
        if name == b"fmt " and len(body) >= 16:
            form = struct.unpack_from("<HHIIHH", body)
        elif name == b"data" and form is not None:
            code, channels, rate, _, _, bits = form
            if (channels, rate) == (1, LINE_RATE) and (code, bits) in {(_MULAW, 8), (_PCM, 16)}:
                return body if code == _MULAW else encode(np.frombuffer(body[: len(body) & ~1], dtype="<i2"))
            raise ScenarioError(f"{source}: needs mono, 8000 Hz, µ-law or 16 bits; has {channels} × {rate} Hz")
        place += 8 + size + size % 2
    raise ScenarioError(f"{source}: a WAV file without sound")


def wav_of_mulaw(mulaw: bytes) -> bytes:
    """The same samples as a WAV file."""
    form = struct.pack("<HHIIHHH", _MULAW, 1, LINE_RATE, LINE_RATE, 1, 8, 0)
    fact = struct.pack("<I", len(mulaw))
    chunks = ((b"fmt ", form), (b"fact", fact), (b"data", mulaw))
    body = b"".join(struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WAVE") + body
