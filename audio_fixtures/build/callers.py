"""Records the callers of callers/*.yaml with free synthesizers and writes audio_fixtures/calls.

    python audio_fixtures/build/callers.py [NAME ...]

Needs espeak-ng, flite and festival (kal diphone) on the PATH, and the project installed. The same texts give
the same files: the synthesizers are deterministic, and noise, losses and music are seeded by the caller's name.

A file has `defaults:` (flow, now) and `callers:`. A caller has name, description, `caller` (its number or anonymous),
`voice: {engine, name, tempo, pitch}` (tempo 1 and espeak's pitch 50 are the voice's own), turns and `expect`; where it
needs them `line` (call_line.py), `people`, `tools`, `parameters`, `limit_s`, `now`. A turn is one of
`say` (words for the synthesizer, [600] a pause of 600 ms among them), `music: SECONDS`, `sound: cough`, `keys`,
`hang_up`; `says` where a transcript would write the words otherwise; `when` as in voice/scenario.py.
"""

import re
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from call_line import Line
from call_speech import SOUNDS, VOICE_DB, Sound, music, speech

from voice.audio import FRAME, LINE_RATE, samples
from voice.scenario import parse, wav_of_mulaw

HERE = Path(__file__).parent
CALLS = HERE.parent / "calls"

LEAD_MS, TAIL_MS = 80, 120
"""The line's noise before the first and behind the last word of a clip."""
AUDIBLE_DB = -46.0
"""As voice.audio.first_audible."""
SOUNDING = ("say", "music", "sound")
COPIED = ("flow", "now", "parameters", "limit_s", "caller")
STAGED = ("people", "tools")


class Recorder:
    """Makes one caller's clips."""

    def __init__(self, caller: dict[str, Any], folder: Path) -> None:
        self._voice = caller["voice"]
        self._rng = np.random.default_rng(zlib.crc32(caller["name"].encode()))
        self._line = Line(line_of(caller), self._rng)
        self._folder = folder

    def turn(self, number: int, spec: dict[str, Any]) -> dict[str, Any]:
        """Records the clip of a turn and gives the turn as scenario.yaml has it."""
        turn = {key: value for key, value in spec.items() if key not in SOUNDING}
        if not any(key in spec for key in SOUNDING):
            return turn
        words = self._sound(spec)
        lead, tail = samples(LEAD_MS), samples(TAIL_MS)
        count = lead + len(words) + tail
        count += -count % FRAME
        sound = self._line.quiet(count)
        sound[lead : lead + len(words)] += words
        name = f"{number:02}.wav"
        (self._folder / name).write_bytes(wav_of_mulaw(self._line.carried(sound)))
        says = re.sub(r"\s*\[\d+\]\s*", " ", spec.get("say", ""))
        ends = (lead + audible_until(words, self._line.voice_db)) * 1000 // LINE_RATE
        return {"clip": name, "says": says, "voice_ends_ms": ends, **turn}

    def _sound(self, spec: dict[str, Any]) -> Sound:
        if "music" in spec:
            return music(self._rng, spec["music"])
        if "sound" in spec:
            return SOUNDS[spec["sound"]](self._rng, self._line.voice_db)
        return speech(self._voice, spec["say"], self._line.voice_db)

    def between(self) -> str | None:
        """The file with the line's noise while the caller is quiet; None for digital silence on a good one."""
        if (noise := self._line.between()) is None:
            return None
        (self._folder / "line.wav").write_bytes(wav_of_mulaw(noise))
        return "line.wav"


def audible_until(words: Sound, db: float) -> int:
    """Where the words end: the last sample, or on a quiet line the last that can be told from its hiss."""
    if db >= VOICE_DB:
        return len(words)
    return int(np.flatnonzero(np.abs(words) > 10 ** (AUDIBLE_DB / 20))[-1]) + 1


def line_of(caller: dict[str, Any]) -> dict[str, Any]:
    """`line`, or what the short `noise_db` (a fan, dB relative to the voice) means."""
    if "noise_db" in caller:
        return {"noise": {"kind": "fan", "db": -caller["noise_db"]}}
    line: dict[str, Any] = caller.get("line", {})
    return line


def scenario_of(caller: dict[str, Any], defaults: dict[str, Any], recorder: Recorder) -> dict[str, Any]:
    """scenario.yaml of a caller; its clips are written on the way."""
    spec = {key: caller[key] for key in ("name", "description")} | defaults
    spec |= {key: caller[key] for key in COPIED if key in caller}
    spec["voice"] = f"{caller['voice']['engine']} {caller['voice']['name']}"
    if between := recorder.between():
        spec["between"] = between
    if echo := line_of(caller).get("echo"):
        spec["echo"] = echo
    spec |= {key: caller[key] for key in STAGED if key in caller}
    spec["turns"] = [recorder.turn(number, turn) for number, turn in enumerate(caller["turns"], 1)]
    return spec | {"expect": caller["expect"]}


def record(caller: dict[str, Any], defaults: dict[str, Any]) -> int:
    """Writes one caller's folder; the number of bytes in it."""
    folder = CALLS / caller["name"]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    spec = scenario_of(caller, defaults, Recorder(caller, folder))
    text = yaml.safe_dump(spec, sort_keys=False, allow_unicode=True, width=100)
    parse(text, source=f"{caller['name']}/scenario.yaml")
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return sum(file.stat().st_size for file in folder.iterdir())


def main() -> None:
    wanted = set(sys.argv[1:])
    for path in sorted((HERE / "callers").glob("*.yaml")):
        script = yaml.safe_load(path.read_text(encoding="utf-8"))
        for caller in script["callers"]:
            if not sys.argv[1:] or caller["name"] in sys.argv[1:]:
                size = record(caller, script["defaults"])
                print(f"{caller['name']:20} {len(caller['turns'])} turns {size / 1000:6.0f} kB")
                wanted.discard(caller["name"])
    if wanted:
        raise SystemExit(f"no caller {', '.join(sorted(wanted))}")


if __name__ == "__main__":
    main()
