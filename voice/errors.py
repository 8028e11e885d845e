"""Whose fault an error is, what the operator does about it, and what the caller hears.

    SwitchboardError
    ├── OperatorError          the configuration, a flow or a file on this machine; the server does not start
    │   ├── SettingsError      switchboard.yaml, with every mistake in it (voice.settings)
    │   └── ModelMissing       a model that the configuration names is absent, incomplete or altered
    ├── CarrierError           what the carrier sent, or the line to it
    │   ├── BadFrame           one frame nobody can read: counted, logged once, the call goes on
    │   ├── LineDead           a send that did not finish in time: the call is over
    │   └── RestError          the carrier refused a request, or can't be reached (voice.rest)
    ├── StoreError             the database did not take or give what it should; its log line says which
    │   └── WriteRefused       the row itself is at fault, and set aside (voice.store)
    ├── ToolError              a tool of the procedure could not be reached, was too slow, or answered nonsense
    └── EngineError            recogniser or voice: the caller is asked again, then handed to a person
        ├── EngineCrashed      the engine's process ended; it is started anew
        ├── EngineTimedOut     no answer within the limit; the process is replaced
        └── EngineBusy         the queue is full; the least urgent work is refused

Every message is one line that says what is wrong and what mends it. None holds a caller's words.
"""

import traceback
from pathlib import PurePath


def place_of(error: BaseException) -> str:
    """Where it was raised, "file.py:12"; empty where that isn't known. An error that nobody foresaw is logged with its
    type and this: its text may quote what a library was given, and so a caller's words."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


class SwitchboardError(Exception):
    """Anything that Switchboard itself raises."""

    caller_hears = "nothing: no call is affected"


class OperatorError(SwitchboardError):
    """The operator's to mend; found before a call is answered."""


class ModelMissing(OperatorError):
    """A model is absent, incomplete or altered. The message names the file and the command that fetches it."""


class CarrierError(SwitchboardError):
    """The carrier's side of the wire."""


class BadFrame(CarrierError):
    """A frame that is not Media Streams JSON. `kind` is a fixed word, for counting."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"frame ignored: {kind}")
        self.kind = kind


class LineDead(CarrierError):
    """The carrier took no data for longer than the send limit."""

    caller_hears = "silence, until the carrier ends the call or runs the document's next verb"


class EngineError(SwitchboardError):
    """A speech engine did not answer."""

    caller_hears = "the question again; the second time in a row, a person"


class EngineCrashed(EngineError):
    """The engine's process ended in the middle of its work."""


class EngineTimedOut(EngineError):
    """The engine did not answer within its limit."""


class EngineBusy(EngineError):
    """The engine's queue is full."""


class StoreError(SwitchboardError):
    """The database did not take or give what it should."""

    caller_hears = "the call goes on; a lead that can't be completed takes the flow's failure branch"


class ToolError(SwitchboardError):
    """A tool of the procedure did not answer as the flow says it should. Whoever runs the tool mends it."""

    caller_hears = "a moment's wait while it is tried again, then what the flow says where the tool fails"
