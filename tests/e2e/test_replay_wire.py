"""A dozen recorded callers of all procedures ring the real server through its WebSocket, paced by processing."""

import asyncio
from pathlib import Path

from voice.demo import PIPER, WHISPER
from voice.replaying import running
from voice.replaying.depth import Depth
from voice.replaying.finding import find
from voice.replaying.options import Options
from voice.replaying.result import CallResult

CALLERS = (
    *("gas_emergency", "nobody_on_call", "dental_person", "law_other_lawyer", "insurance_no_rate", "loan_low_score"),
    *("claims_person", "claims_records_down", "order_unknown", "saas_outage", "saas_ticket_fails", "desk_software"),
)
"""Among them are tools that fail, people who don't answer, keys, barge-ins and packet loss."""


class Unwatched:
    def begin(self, calls: int, done: int) -> None:
        pass

    def finished(self, result: CallResult) -> None:
        pass


def test_a_dozen_callers_come_to_what_they_must_by_wire(tmp_path: Path) -> None:
    options = Options(
        Depth.WIRE, WHISPER, PIPER, tmp_path / "prompts", tmp_path / "results", fast=True, jobs=len(CALLERS)
    )
    done = asyncio.run(running.run(find(CALLERS), options, Unwatched(), code="test"))
    assert {one.call: (one.failed, one.faults) for one in done.results} == dict.fromkeys(CALLERS, ("", ()))
    assert {one.depth for one in done.results} == {"wire"}
    assert not [note for one in done.results for note in one.notes if note.startswith("the carrier would")]
