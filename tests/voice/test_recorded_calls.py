"""Every recorded caller through the socket, the real detector and the database; the recogniser never errs.

What these calls prove does not depend on how good a model is: turns end where they should, barge-ins are
seen, corrections and a hang-up leave the lead that they should, Twilio would have nothing to complain about.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sop.reading import Hypothesis
from tests.fakes import FakeRecogniser, FakeSynthesiser, running, tone
from voice.asr import Priority
from voice.audio import FRAME, samples
from voice.demo import CALLERS
from voice.recorded import Recorded, load
from voice.session import Session, SessionSettings
from voice.simulate import LockStep, Rang, ring
from voice.store import Store
from voice.vad import Detector, VadSettings
from voice.whisper import Recognition

SLOWEST_GAP_MS = 1800
"""The wait in the middle of an answer, and some."""


@dataclass
class HearsRightly(FakeRecogniser):
    """Knows the clips: finds those that a stretch of audio holds, and gives as many of their words."""

    clips: dict[bytes, str] = field(default_factory=dict)
    """Voice → words."""

    async def recognise(
        self, mulaw: bytes, *, bias: tuple[str, ...], priority: Priority, nbest: int = 1
    ) -> Recognition:
        """The words up to where the stretch ends."""
        words: list[str] = []
        for clip, says in self.clips.items():
            frames = [clip[at : at + FRAME] for at in range(0, len(clip) - FRAME, FRAME)]
            share = sum(frame in mulaw for frame in frames) / len(frames)
            said = "".join(letter for letter in says.lower() if letter.isalpha() or letter in " '").split()
            words += said[: round(share * len(said) + 0.2)]
        hypotheses = (Hypothesis(" ".join(words), 0.9),) if words else ()
        return Recognition(hypotheses, 0.0, 1.0, False, 1.0, 1.0)


class SpeaksSlowly(FakeSynthesiser):
    """A tone as long as a person would need for the text."""

    async def speak(self, text: str, *, ahead: bool = False, fixed: bool = True) -> AsyncIterator[bytes]:
        """One piece."""
        self.spoken.append(text)
        yield tone(0.06 * len(text))


async def _answered(caller: Recorded, folder: Path) -> tuple[Rang, Session, dict[str, str]]:
    voices = {
        caller.clips[turn.clip][samples(80) : samples(turn.voice_ends_ms or 0)]: turn.says
        for turn in caller.scenario.turns
        if turn.clip is not None and turn.says is not None
    }

    async def detector() -> Detector:
        return Detector(VadSettings())

    async with running(
        folder,
        recogniser=HearsRightly([""], clips=voices),
        synthesiser=SpeaksSlowly(),
        session=SessionSettings(stall_ms=None),
        detector=lambda: asyncio.ensure_future(detector()),
    ) as server:

        async def settled(messages_in: int, messages_out: int) -> None:
            await server.server.settled("CA1", messages_in, messages_out)

        rang = await ring(caller, server.url, pace=LockStep(settled), call="CA1")
    # The server has stopped, so the call is over on its side too.
    session = server.server.finished["CA1"]
    store = Store(f"sqlite:///{folder / 'test.db'}")
    lead = await store.lead("CA1")
    await store.close()
    return rang, session, lead.values if lead else {}


@pytest.mark.parametrize("name", CALLERS)
def test_the_call_comes_to_what_its_scenario_expects(name: str, tmp_path: Path) -> None:
    caller = load(name)
    rang, session, lead = asyncio.run(_answered(caller, tmp_path))
    expect = caller.scenario.expect
    assert lead == (expect.lead or {})
    assert session.report.outcome == expect.outcome
    assert tuple(session.report.path) == expect.path
    assert rang.barge_ins == session.report.barge_ins == expect.barge_ins
    assert rang.violations == ()
    assert rang.ended_by == ("caller" if caller.scenario.turns[-1].hang_up else "agent")
    spoken = [index for index, turn in enumerate(caller.scenario.turns) if turn.clip is not None]
    assert [reply.turn for reply in rang.replies] == spoken, "every turn is answered"
    assert all(0 < reply.gap_ms < SLOWEST_GAP_MS for reply in rang.replies)
