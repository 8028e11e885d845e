"""How many turns a second the reader and the engine manage on one core: `python -m tests.bench.reader [FLOW...]`.

Every utterance of the flow's scripted calls is read under the expectation it met, judged whether it is complete, and
the engine advanced with it, each timed on its own. Rates are of this machine; compare two runs on one machine only.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import sop
from sop.expectation import expect
from sop.loader import shipped
from sop.script import Script, parse_script

SCRIPTS = Path(sop.__file__).with_name("flows") / "scripts"
_ROUNDS = 3


def turns(graph: sop.Graph, script: Script) -> list[tuple[float, float, float]]:
    """(reading, judging, advancing) in seconds, for each of the caller's turns of a script."""
    reader = sop.RuleReader(graph)
    talk = sop.Conversation(graph, reader=reader, now=script.setting.now, caller=script.setting.caller)
    found = []
    for line in script.lines:
        if line.kind != "caller" or talk.state.outcome is not None:
            continue
        expecting = expect(graph, talk.state)
        began = time.perf_counter()
        reading = reader.read((sop.Hypothesis(line.text, 0.9),), expecting, talk.state.now)
        read = time.perf_counter()
        sop.completeness(graph, expecting, line.text)
        judged = time.perf_counter()
        sop.advance(graph, talk.state, reading)
        found.append((read - began, judged - read, time.perf_counter() - judged))
        talk.feed(reading)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many are."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Prints a line a flow."""
    print(f"{'flow':18} {'turns':>6} {'reads/s':>8} {'read p99 ms':>12} {'judge p99 ms':>13} {'advance p99 ms':>15}")
    for flow in sys.argv[1:] or shipped():
        graph = sop.load(flow)
        scripts = [parse_script(path.read_text("utf-8")) for path in sorted((SCRIPTS / flow).glob("*.txt"))]
        times = [one for _ in range(_ROUNDS) for script in scripts for one in turns(graph, script)]
        if not times:
            continue
        reads, verdicts, moves = zip(*times, strict=True)
        rate = len(reads) / sum(reads)
        print(
            f"{flow:18} {len(times):6} {rate:8.0f} {percentile(reads, 0.99) * 1000:12.2f} "
            f"{percentile(verdicts, 0.99) * 1000:13.2f} {percentile(moves, 0.99) * 1000:15.2f}"
        )


if __name__ == "__main__":
    main()
