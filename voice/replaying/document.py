"""A run as one document: JSON, JUnit's XML, or lines to read."""

import re
from typing import Any
from xml.etree import ElementTree as ET

from voice.replaying.depth import Depth
from voice.replaying.options import Options
from voice.replaying.result import CallResult, Difference, to_json
from voice.replaying.running import Done
from voice.replaying.totals import gaps, totals


def document(done: Done, options: Options, elapsed_s: float) -> dict[str, Any]:
    """The JSON of `switchboard replay --json`. Of one journal alone its facts stand at the top as well."""
    results = done.results
    seconds = sum(result.duration_s for result in results if result.call not in done.kept)
    ran = sum(result.timings.elapsed_s for result in results)
    found: dict[str, Any] = {
        "depth": options.depth.value,
        "flow": options.flow,
        "changes": dict(options.changes),
        "calls": [to_json(result, last=options.last) for result in results],
        "totals": totals(done.calls, done.last if options.last else ()),
        "timings": {
            "elapsed_s": round(elapsed_s, 3),
            "real_time_factor": round(seconds / elapsed_s, 1) if elapsed_s else 0.0,
            "gap_ms": gaps(results),
        },
    }
    if options.depth is Depth.JOURNAL and not options.changed:
        found["identical"] = all(result.identical for result in results)
        found["real_time_factor"] = round(sum(result.duration_s for result in results) / ran, 1) if ran else 0.0
        if len(results) == 1:
            found |= _alone(results[0])
    return found


def _alone(result: CallResult) -> dict[str, Any]:
    return {
        "events": result.events,
        "commands": result.commands,
        "duration_s": result.duration_s,
        "elapsed_s": result.timings.elapsed_s,
        "first_difference": next(iter(result.notes), None) if not result.identical else None,
        "outcome": result.outcome,
        "path": list(result.path),
    }


def passed(result: CallResult) -> bool:
    """Whether a call is as it should be: it ran, nothing is wrong with it, and it is not worse or other than before."""
    right = not result.failed and not result.faults and not result.timings.faults
    return right and result.identical is not False and result.verdict in ("same", "better", "new")


def why_not(result: CallResult) -> str:
    """What is wrong with a call, a line for each thing; empty when it passed."""
    if passed(result):
        return ""
    lines = [result.failed] if result.failed else []
    lines += [*result.faults, *result.timings.faults]
    if result.parts_at is not None:
        than = "other" if result.verdict == "different" else result.verdict
        lines.append(f"{than} than the {_NAMES[result.against]}: {difference(result.parts_at)}")
    return "\n".join(lines) or result.verdict


_NAMES = {"journal": "recorded call", "accepted": "accepted run", "last": "last run", "expectation": "expectation"}


def difference(found: Difference) -> str:
    """A difference in one line."""
    where = f"turn {found.turn}" if found.turn >= 0 else "the call"
    why = f" ({found.why})" if found.why else ""
    return f"{where}, {found.what}: was {found.was!r}, is {found.now!r}{why}"


def junit(done: Done, options: Options, elapsed_s: float) -> str:
    """As JUnit's XML, as CI servers read it: a test case for each call."""
    results = done.results
    suite = ET.Element(
        "testsuite",
        name=f"switchboard replay, depth {options.depth.value}",
        tests=str(len(results)),
        failures=str(sum(not passed(one) and not one.failed for one in results)),
        errors=str(sum(bool(one.failed) for one in results)),
        time=f"{elapsed_s:.3f}",
    )
    for one in results:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=_clean(f"replay.{one.flow or 'unknown'}"),
            name=_clean(one.call),
            time=f"{one.timings.elapsed_s:.3f}",
        )
        if (why := why_not(one)) != "":
            kind = "error" if one.failed else "failure"
            ET.SubElement(case, kind, message=_clean(why).splitlines()[0]).text = _clean(why)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 can't hold: https://www.w3.org/TR/xml/#charsets."""
    return re.sub("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)
