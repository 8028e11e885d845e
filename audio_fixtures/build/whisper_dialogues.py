"""What people say to an assistant, for the small Whisper's training text: out of the Schema-Guided Dialogue dataset.

`python whisper_dialogues.py FOLDER OUT.txt` reads the `dialogues_*.json` of a checkout of Google's
dstc8-schema-guided-dialogue (CC BY-SA 4.0) and writes its sentences, one to a line, in the spoken form of
`whisper_words`. Sentences with digits are left out: how they would be spoken is not written. So are those of one word.
"""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

WORDS = range(2, 17)
SYSTEM_SHARE = 3
"""One in so many of the assistant's sentences is taken; all of the callers'."""


def sentences(utterance: str) -> Iterator[str]:
    """The sentences of one turn that can be spoken as they are written."""
    for part in re.split(r"(?<=[.!?])\s+", utterance):
        if re.fullmatch(r"[A-Za-z',.!?\- ]+", part) and len(part.split()) in WORDS:
            yield " ".join(re.sub(r"[^a-z', ]", " ", part.lower()).split()).strip(" ,'")


def collected(folder: Path) -> list[str]:
    """Each different sentence once, in a fixed order."""
    said: dict[str, set[str]] = {"USER": set(), "SYSTEM": set()}
    for path in sorted(folder.rglob("dialogues_*.json")):
        for dialogue in json.loads(path.read_text(encoding="utf-8")):
            for turn in dialogue["turns"]:
                said[turn["speaker"]].update(sentences(turn["utterance"]))
    return sorted(said["USER"] | set(sorted(said["SYSTEM"])[::SYSTEM_SHARE]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    found = collected(args.folder)
    args.out.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{len(found)} sentences")


if __name__ == "__main__":
    main()
