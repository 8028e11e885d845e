"""Whether a copy of a call may be given away: only where its caller agreed to be recorded, and something shows it."""

import audio_fixtures
from voice.commands import Record, Recorder
from voice.errors import OperatorError
from voice.journal import read_entries
from voice.replaying.expected import Beside
from voice.replaying.finding import Found
from voice.replaying.taken import JOURNAL, SCENARIO, Taken

AGREED = "The caller of the original agreed to be recorded; nothing of their voice and words is in this copy."
"""What stands beside a copy: the original's own words may name somebody."""


def check_permission(found: Found, taken: Taken, beside: Beside | None) -> None:
    """Raises OperatorError where nothing shows that the caller agreed; it says why, and what to do."""
    told = bool(beside and beside.consent and beside.consent.strip())
    if found.kind == JOURNAL:
        _of_journal(found, taken, told=told)
    elif not told and not (found.kind == SCENARIO and is_shipped(found)):
        raise OperatorError(
            f"{found.path}: nothing shows that the caller agreed to be recorded; where they did, say how in "
            f'{found.beside.name} beside it, as `consent: "asked at the beginning of the call"`'
        )


def is_shipped(found: Found) -> bool:
    """Whether it is one of the package's own callers: voices of synthesizers, with invented names."""
    return (audio_fixtures.ROOT / "calls").resolve() in found.path.resolve().parents


def _of_journal(found: Found, taken: Taken, *, told: bool) -> None:
    past = taken.past
    assert past is not None and past.start is not None
    if any(not entry.granted for entry in past.consents):
        raise OperatorError(f"{found.path}: the caller did not agree to be recorded; no copy can be given away")
    started = any(isinstance(entry, Record) and entry.recorder is Recorder.START for entry in read_entries(found.path))
    if past.consents or past.start.recorded or started:
        return
    if taken.settings.consent != "none":
        way = "told of" if taken.settings.consent == "announce" else "asked about"
        raise OperatorError(
            f"{found.path}: the caller was to be {way} the recording, and the journal shows no consent; no copy can be "
            "given away"
        )
    if not told:
        raise OperatorError(
            f"{found.path}: on this line callers are told of recordings elsewhere, and the journal shows no consent; "
            f'where they agreed, say how in {found.beside.name} beside it, as `consent: "told by our website"`'
        )
