"""Speech of people for the small Whisper, in waves as `whisper_render` writes them.

`python whisper_recordings.py OUT --digits FOLDER --read FOLDER` takes the `recordings` of the Free Spoken Digit Dataset
(Jackson et al., CC BY-SA 4.0; six people, 8 kHz), strung together to numbers of a telephone, and whatever there is of
LJ Speech (Ito, public domain; `metadata.csv` and wavs).
"""

import argparse
import csv
import json
import random
import re
from pathlib import Path

import numpy as np
import soundfile as sf
import whisper_words as words
from whisper_render import RATE, trimmed

NUMBERS = 3000
COUNTS = (1, 2, 3, 3, 4, 4, 5, 7, 7, 10, 10, 10)

Item = tuple[np.ndarray, str, str]


def digits(folder: Path, r: random.Random) -> list[Item]:
    """Numbers out of single digits of one person, with the pauses of somebody who reads them off."""
    takes: dict[str, dict[int, list[np.ndarray]]] = {}
    for path in sorted(folder.glob("*_*_*.wav")):
        digit, person, _ = path.stem.split("_")
        audio, rate = sf.read(path, dtype="float32")
        if (speech := trimmed(audio, rate)) is not None:
            takes.setdefault(person, {}).setdefault(int(digit), []).append(speech)
    out: list[Item] = []
    for _ in range(NUMBERS):
        person, count = r.choice(sorted(takes)), r.choice(COUNTS)
        chosen = [r.randrange(10) for _ in range(count)]
        parts: list[np.ndarray] = []
        for place, digit in enumerate(chosen):
            long = place in (3, 6) and r.random() < 0.5
            pause = r.uniform(0.15, 0.5) if long else r.uniform(0.0, 0.12)
            parts += [np.zeros(int(pause * RATE) if place else 0, np.int16), r.choice(takes[person][digit])]
        out.append((np.concatenate(parts), " ".join(words.ONES[digit] for digit in chosen), f"person:{person}"))
    return out


def read(folder: Path) -> list[Item]:
    """Read sentences whose normalized text has only letters."""
    (table,) = folder.rglob("metadata.csv")
    said = {row[0]: row[-1] for row in csv.reader(table.open(encoding="utf-8"), delimiter="|", quoting=csv.QUOTE_NONE)}
    out: list[Item] = []
    for path in sorted(folder.rglob("*.wav")):
        text = " ".join(re.sub(r"[^a-z' ]", " ", said.get(path.stem, "").lower()).split())
        audio, rate = sf.read(path, dtype="float32")
        speech = trimmed(audio, rate)
        if text and speech is not None and not re.search(r"[^\x00-\x7f]|\d", said[path.stem]):
            out.append((speech, text, "person:lj"))
    return out


def write(path: Path, items: list[Item]) -> None:
    ends = np.cumsum([len(speech) for speech, _, _ in items]).tolist()
    meta = {"text": [text for _, text, _ in items], "voice": [who for _, _, who in items], "ends": ends}
    path.with_suffix(".json").write_text(json.dumps(meta))
    np.save(path, np.concatenate([speech for speech, _, _ in items]))
    print(path.name, len(items))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--digits", type=Path)
    parser.add_argument("--read", type=Path)
    args = parser.parse_args()
    if args.digits:
        write(args.out / "wave-people-0.npy", digits(args.digits, random.Random(1)))
    if args.read:
        write(args.out / "wave-people-1.npy", read(args.read))


if __name__ == "__main__":
    main()
