"""Records what a person and the caller say to one another once they are connected, and writes audio_fixtures/people.

    python audio_fixtures/build/people.py

Needs flite on the PATH, and the project installed; made as the callers are (`callers.py`), and gives the same files
every time. The caller is the one of `gas_emergency`; the person has a voice that no recorded caller has.
"""

import zlib

import numpy as np
from callers import HERE, LEAD_MS, LINE_NOISE_DB, TAIL_MS, coded, hiss, speech

from voice.audio import samples
from voice.handed_over import WORDS
from voice.scenario import wav_of_mulaw

PEOPLE = HERE.parent / "people"
VOICES = {
    "person": {"engine": "flite", "name": "awb", "tempo": 1.1},
    "caller": {"engine": "flite", "name": "kal16", "tempo": 1.0},
}


def main() -> None:
    PEOPLE.mkdir(exist_ok=True)
    for name, line in WORDS.items():
        words = speech(VOICES[name], line)
        count = samples(LEAD_MS) + len(words) + samples(TAIL_MS)
        count += -count % 160
        sound = hiss(np.random.default_rng(zlib.crc32(name.encode())), count, LINE_NOISE_DB)
        sound[samples(LEAD_MS) : samples(LEAD_MS) + len(words)] += words
        (PEOPLE / f"{name}.wav").write_bytes(wav_of_mulaw(coded(sound)))
        print(f"{name:8} {count / 8000:.1f} s  {line}")


if __name__ == "__main__":
    main()
