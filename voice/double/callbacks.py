"""What the service tells our server of by itself: calls, recordings, conferences, answering machines."""

from collections.abc import Mapping

from voice.double.account import Account
from voice.double.clock import rfc2822
from voice.double.conference import Conference
from voice.double.leg import Leg
from voice.double.orders import Callback
from voice.double.recording import Recording
from voice.double.resources import VERSION, recording_url
from voice.double.webhooks import Webhooks

_EVENTS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
}
"""Event of a callback → what it is called where one asks for it."""


class Callbacks:
    """Those of one call, or of one conference, arrive in order unless a fault is due."""

    def __init__(self, account: Account, webhooks: Webhooks) -> None:
        self._account = account
        self._webhooks = webhooks

    def parameters(self, leg: Leg) -> dict[str, str]:
        """What every webhook of a call has."""
        return {
            "AccountSid": self._account.sid,
            "ApiVersion": VERSION,
            "CallSid": leg.sid,
            "CallStatus": leg.status,
            "Direction": leg.direction,
            "From": leg.from_,
            "To": leg.to,
            **leg.extra,
        }

    def progress(self, leg: Leg, to: Callback, event: str, status: str, sequence: int) -> None:
        """One of initiated, ringing, answered and completed; `sequence` counts those sent of this leg."""
        form = self.parameters(leg) | {
            "CallStatus": status,
            "SequenceNumber": str(sequence),
            "Timestamp": rfc2822(),
        }
        if event == "completed":
            form |= {"CallDuration": str(leg.duration_s), "Duration": str(-(-leg.duration_s // 60))}
        self._webhooks.tell(leg.sid, to.url, to.method, form)

    def verdict(self, leg: Leg, to: Callback, by: str, after_s: float) -> None:
        """Of asynchronous answering machine detection."""
        form = {
            "AccountSid": self._account.sid,
            "CallSid": leg.sid,
            "AnsweredBy": by,
            "MachineDetectionDuration": str(int(after_s * 1000)),
        }
        self._webhooks.tell(leg.sid, to.url, to.method, form)

    def recorded(self, made: Recording, to: Callback) -> None:
        """A recording has come to in-progress, completed or absent."""
        if made.status not in to.events:
            return
        form = {
            "AccountSid": self._account.sid,
            "CallSid": made.call,
            "RecordingSid": made.sid,
            "RecordingUrl": recording_url(self._account, made),
            "RecordingStatus": made.status,
            "RecordingDuration": str(made.duration_s),
            "RecordingChannels": str(made.channels),
            "RecordingSource": made.source,
            "RecordingTrack": made.track,
        }
        self._webhooks.tell(made.call, to.url, to.method, form)

    def conferred(self, room: Conference, event: str, more: Mapping[str, str]) -> None:
        """To the first participant's callback."""
        if _EVENTS[event] not in room.events:
            return
        room.sequence += 1
        form = {
            "AccountSid": self._account.sid,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(room.sequence),
            "Timestamp": rfc2822(),
            **more,
        }
        self._webhooks.tell(room.sid, room.callback, room.method, form)
