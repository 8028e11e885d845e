"""Writes docs/conformance.md from the names of the tests: `python -m docs.conformance`.

A test that holds a point of the list names its number: `test_point_7_…`, `test_points_29_and_30_…`.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
POINTS = (
    "The socket opens on the document's path alone, without a query; any other path is 404",
    "The upgrade's signature is right, with or without a slash at the end; else it is refused before 101",
    "A ticket that is missing, wrong, used, expired or another call's starts no engine",
    "Account and call are those of the webhook; a second `start` or socket for a live call is refused",
    "No `start` within 5 s closes the socket; no compression; messages are bounded",
    "Webhooks: the public URL behind a proxy, blank, repeated and unknown parameters, port, fragment, GET, JSON",
    "Numbers as strings or integers, unknown events and fields, any order",
    "Payloads of any size, a first timestamp other than 0, gaps are silence",
    "Another track or stream, bad base64, JSON or a binary frame: counted, the call goes on",
    "Keys 0-9 * # A-D: pauses, terminator, over the agent's speech, never in a log",
    "Audio before the detector is ready is kept; endless silence stalls nothing",
    "`stop` then close, either alone, audio after `stop`: one end",
    "Nothing before `start`; only media, mark and clear, with exact keys",
    "Raw µ-law, no clicks between pieces, whole frames padded with silence",
    "A mark of its own behind each piece of audio",
    "Bounded lead, a send that hangs is a dead line, no gap while paced",
    "Barge-in: producers, queue, clear; nothing of the old turn after it",
    "Marks that come back after a clear prove nothing",
    "Unknown, doubled and early marks are tolerated",
    "What is no interruption sends no clear; what must be heard is finished",
    "Waiting for the caller begins when the agent has been heard",
    "Hanging up waits for the last mark; a call that has gone is no error; a moved call is never ended",
    "Documents come fast, as text/xml, valid, escaped, and are no redirect",
    "A crash is followed by speech, a normal end by no silent tail",
    "Callbacks that come twice, late or out of order",
    "Callbacks are answered fast; the last status closes what is still open, and the other way round",
    "The static fallback works with the server down",
    "The last line is heard before the caller is moved; moving is not hanging up",
    "Only the key takes a call: hang-up, silence, mailbox, wrong key connect nobody",
    "Busy, no answer, failed, cancelled, machine: lead capture; a caller who hangs up leaves nobody ringing",
    "Two transfers at once keep apart; a second trigger is ignored; a new stream keeps the procedure",
    "Conference: no beep, small buffer, both ends end it, nobody waits alone, no personal data in its name",
    "Only configured numbers are dialled; what is read out is escaped and short; its webhooks are signed",
    "Consent before recording; a no means none; pause and resume; an absent one; fetched with credentials",
    "After hours by zone, holidays and summer time; a lead is kept when the caller drops out",
    "Anonymous and invalid caller ids; refused texts are not fatal",
    "A stopping server lets calls finish; longest call; a limit on calls before the socket",
    "A recorded call gives the same steps again",
    "Many paced streams: first audio, turn gap, late sends, lag of the loop",
)
HEAD = """# Twilio, point by point

What a server of Twilio's Media Streams, webhooks and transfers has to do, and the tests that hold it. They name the
points; this page is written from them by `python -m docs.conformance`.

| | what | tests |
| --- | --- | --- |
"""
_NAME = re.compile(r"test_points?_((?:\d+_)(?:(?:and_)?\d+_)*)")


def numbers(name: str) -> list[int]:
    """The points that a test's name speaks of.

    >>> numbers("test_points_29_and_30_where_no_person_takes_the_call")
    [29, 30]
    """
    found = _NAME.match(name)
    return [int(number) for number in re.findall(r"\d+", found[1])] if found else []


def tests_of_points() -> dict[int, list[str]]:
    """Point → "file::test", in the order of the files."""
    found: dict[int, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in numbers(node.name):
                    found[number].append(f"{path.relative_to(ROOT / 'tests').as_posix()}::{node.name}")
    return found


def page() -> str:
    """The whole page."""
    found = tests_of_points()
    rows = []
    for number, what in enumerate(POINTS, start=1):
        files: dict[str, int] = defaultdict(int)
        for test in found.get(number, []):
            files[test.split("::")[0]] += 1
        tests = ", ".join(f"`{file}`" + (f" ({count})" if count > 1 else "") for file, count in sorted(files.items()))
        rows.append(f"| {number} | {what} | {tests} |")
    return HEAD + "\n".join(rows) + '\n\nRun the tests of one point with `pytest -k "point_7_ or points_7_"`.\n'


if __name__ == "__main__":
    (ROOT / "docs" / "conformance.md").write_text(page(), encoding="utf-8")
