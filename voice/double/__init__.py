"""A Twilio double, as strict as the service: REST, signed webhooks, TwiML, media streams, legs with sound.

In one process and one event loop with the test, over real sockets. It stands in for the carrier in tests and
demonstrations; nothing here runs in production.
"""

from voice.double.faults import Faults
from voice.double.leg import Leg
from voice.double.parties import Party, RecordedCaller, Talker
from voice.double.people import Person
from voice.double.service import Twilio

__all__ = ["Faults", "Leg", "Party", "Person", "RecordedCaller", "Talker", "Twilio"]
