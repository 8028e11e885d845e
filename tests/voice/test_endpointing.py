"""The silence that ends a turn follows from what has been said."""

from sop.reading import Completeness
from voice.endpointing import EndpointSettings, silence_that_ends

SETTINGS = EndpointSettings(complete_ms=250, open_ms=600, partial_ms=1500, unknown_ms=900)


def test_each_completeness_has_its_wait() -> None:
    waits = [silence_that_ends(c, SETTINGS) for c in (*Completeness, None)]
    expected = {"empty": 7200, "partial": 12000, "open": 4800, "complete": 2000}
    assert waits == [expected[c.value] for c in Completeness] + [7200]
