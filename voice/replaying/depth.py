"""How deep a recorded call goes through the product again."""

from enum import StrEnum


class Depth(StrEnum):
    """How much of the product a call goes through again."""

    JOURNAL = "journal"
    """The core alone, on the journal's events."""
    AUDIO = "audio"
    """Detector, recogniser, reader, core and voice, on the caller's audio."""
    WIRE = "wire"
    """The server, through a WebSocket, at the pace of a telephone."""
