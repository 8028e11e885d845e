"""What a recorded caller's telephone and line do to the sound: noise, clipping, lost packets, µ-law.

`line:` of a caller, everything optional: `noise: {kind, db}` below the voice, `speaker: {voice, say, db}`,
`level_db` of the voice, `drive_db` into clipping, `loss: {percent, burst}` of frames. `echo` isn't baked: it goes to
the scenario, and whoever plays the caller makes it of what the agent says.
"""

from typing import Any

import numpy as np
from call_noise import BED_MS, DRAWN_ANEW, KINDS, Bed, hiss, somebody_else
from call_speech import VOICE_DB, Sound

from voice.audio import FRAME, encode, samples

LINE_NOISE_DB = -62.0
"""Level of a good line's hiss."""
LOOP_MS = 4000
PITCH = (samples(5), samples(15))
"""Shortest and longest pitch period that concealment looks for: 200 to 67 Hz, as G.711 Appendix I."""
HISTORY = samples(20)
FADE_BEGINS, FADE_ENDS = samples(10), samples(60)
"""Concealment is whole for 10 ms, then falls by a fifth every 10 ms, as G.711 Appendix I."""
JOIN = samples(4)


class Line:
    """One caller's telephone: the same surroundings from the first clip to the last."""

    def __init__(self, line: dict[str, Any], rng: np.random.Generator) -> None:
        unknown = set(line) - {"noise", "speaker", "level_db", "drive_db", "loss", "echo"}
        if unknown or line.get("noise", {"kind": "fan"})["kind"] not in KINDS:
            raise SystemExit(f"a line has no {', '.join(unknown) or line['noise']['kind']}")
        self._spec = line
        self._rng = rng
        self.voice_db: float = line.get("level_db", VOICE_DB)
        self._noise: dict[str, Any] | None = line.get("noise")
        self._beds: list[Bed] = []
        if self._noise is not None and self._noise["kind"] not in DRAWN_ANEW:
            self._beds.append(Bed(self._surroundings(samples(BED_MS))))
        if "speaker" in line:
            self._beds.append(Bed(somebody_else(line["speaker"], self.voice_db - line["speaker"]["db"])))

    def _surroundings(self, count: int) -> Sound:
        if self._noise is None:
            return hiss(self._rng, count, LINE_NOISE_DB)
        return KINDS[self._noise["kind"]](self._rng, count, self.voice_db - self._noise["db"])

    def quiet(self, count: int) -> Sound:
        """So many samples of the line without the caller's voice."""
        if self._noise is not None and self._noise["kind"] not in DRAWN_ANEW:
            return np.asarray(sum(bed.take(count) for bed in self._beds))
        return np.asarray(sum((bed.take(count) for bed in self._beds), self._surroundings(count)))

    def between(self) -> bytes | None:
        """What goes on while the caller says nothing, to be repeated; None on a good line."""
        if self._noise is None and not self._beds:
            return None
        count = max([len(bed.loop) for bed in self._beds], default=samples(LOOP_MS))
        return self.carried(self.quiet(count - count % FRAME))

    def carried(self, sound: Sound) -> bytes:
        """What arrives of a sound: µ-law, whole frames."""
        if "drive_db" in self._spec:
            sound = np.clip(sound * 10 ** (self._spec["drive_db"] / 20), -1.0, 1.0)
        if "loss" in self._spec:
            sound = concealed(sound, lost(self._rng, len(sound) // FRAME, **self._spec["loss"]))
        return encode(np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16))


def lost(rng: np.random.Generator, frames: int, percent: float, burst: float = 1.0) -> list[bool]:
    """Which frames are lost: so many in a hundred, so many together in the mean (Gilbert's two states)."""
    stays, begins = 1 - 1 / burst, percent / (100 - percent) / burst
    gone, out = False, []
    for draw in rng.random(frames):
        gone = bool(draw < (stays if gone else begins))
        out.append(gone)
    return out


def concealed(sound: Sound, gone: list[bool]) -> Sound:
    """The sound with lost frames made up of what came before them.

    The idea of ITU-T G.711 Appendix I: the last pitch period is repeated and fades out; the first samples that
    arrive again are mixed in.
    """
    out = sound.copy()
    made = 0
    period = np.zeros(1)
    for frame, missing in enumerate(gone):
        at = frame * FRAME
        if missing:
            if made == 0:
                period = last_period(out[:at])
            out[at : at + FRAME] = repeated(period, made, FRAME)
            made += FRAME
        elif made:
            rising = np.arange(JOIN) / JOIN
            out[at : at + JOIN] = sound[at : at + JOIN] * rising + repeated(period, made, JOIN) * (1 - rising)
            made = 0
    return out


def last_period(heard: Sound) -> Sound:
    """The last pitch period of what was heard, by normalized correlation; silence where too little was heard."""
    if len(heard) < HISTORY + PITCH[1]:
        return np.zeros(PITCH[1])
    end = heard[-HISTORY:]
    lags = range(PITCH[0], PITCH[1] + 1)
    earlier = [heard[-HISTORY - lag : -lag] for lag in lags]
    likeness = [float(end @ piece) / (float(np.linalg.norm(piece)) + 1e-9) for piece in earlier]
    return heard[-lags[int(np.argmax(likeness))] :]


def repeated(period: Sound, made: int, count: int) -> Sound:
    """So many samples of the period over and over, after `made` of them, fading."""
    place = made + np.arange(count)
    fade = np.clip((FADE_ENDS - place) / (FADE_ENDS - FADE_BEGINS), 0.0, 1.0)
    return period[place % len(period)] * fade
