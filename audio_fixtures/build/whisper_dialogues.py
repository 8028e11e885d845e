"""What people say to an assistant, for the small Whisper's training text: out of public datasets.

`python whisper_dialogues.py OUT.txt FOLDER ...` reads what it knows of in checkouts of

- Google's dstc8-schema-guided-dialogue (CC BY-SA 4.0): `dialogues_*.json`,
- Google's Taskmaster, TM-4 (CC BY 4.0): `data_*.json`,
- PolyAI's banking77 (CC BY 4.0): `train.csv`,
- Clinc's oos-eval (CC BY 3.0): `data_full.json` and `all_wiki_sents.txt`,

and writes the sentences, one to a line, in the spoken form of `whisper_words`. Sentences with digits are left out: how
they would be spoken is not written. So are those of one word.
"""

import argparse
import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = range(2, 17)
SYSTEM_SHARE = 3
"""One in so many of the assistant's sentences is taken; all of the callers'."""


def sentences(utterance: str) -> Iterator[str]:
    """The sentences of one turn that can be spoken as they are written."""
    for part in re.split(r"(?<=[.!?])\s+", utterance.strip()):
        if re.fullmatch(r"[A-Za-z',.!?\- ]+", part) and len(part.split()) in WORDS:
            yield " ".join(re.sub(r"[^a-z', ]", " ", part.lower()).split()).strip(" ,'")


Said = Iterator[tuple[bool, str]]
"""Whether a caller said it, and what."""


def schema_guided(path: Path) -> Said:
    for dialogue in json.loads(path.read_text(encoding="utf-8")):
        for turn in dialogue["turns"]:
            yield turn["speaker"] == "USER", turn["utterance"]


def taskmaster(path: Path) -> Said:
    for dialogue in json.loads(path.read_text(encoding="utf-8")):
        for turn in dialogue["utterances"]:
            yield turn["speaker"] == "user", turn["text"]


def banking(path: Path) -> Said:
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield True, row["text"]


def queries(path: Path) -> Said:
    for part in json.loads(path.read_text(encoding="utf-8")).values():
        for text, _ in part:
            yield True, text


def lines(path: Path) -> Said:
    for text in path.read_text(encoding="utf-8").splitlines():
        yield True, text


READERS: dict[str, Callable[[Path], Said]] = {
    "dialogues_*.json": schema_guided,
    "data_[0-9][0-9].json": taskmaster,
    "train.csv": banking,
    "data_full.json": queries,
    "all_wiki_sents.txt": lines,
}


def collected(folders: list[Path]) -> list[str]:
    """Each different sentence once, in a fixed order."""
    callers: set[str] = set()
    others: set[str] = set()
    for folder in folders:
        for pattern, reader in READERS.items():
            for path in sorted(folder.rglob(pattern)):
                for caller, text in reader(path):
                    (callers if caller else others).update(sentences(text))
    return sorted(callers | set(sorted(others)[::SYSTEM_SHARE]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    found = collected(args.folders)
    args.out.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{len(found)} sentences")


if __name__ == "__main__":
    main()
