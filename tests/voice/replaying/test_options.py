"""Settings that are tried in place of the ones a call was taken with."""

import pytest

from voice.call import CallSettings
from voice.errors import OperatorError
from voice.replaying.options import changed


@pytest.mark.parametrize(
    ("name", "value", "held"),
    [
        ("endpointing.complete_ms", "400", lambda s: s.endpointing.complete_ms == 400),
        ("turns.onset", "0.6", lambda s: s.turns.onset == 0.6),
        ("transfer.consult", "false", lambda s: s.transfer.consult is False),
        ("consent", "ask", lambda s: s.consent == "ask"),
        ("too_long_text", "Goodbye.", lambda s: s.too_long_text == "Goodbye."),
        ("no_input_ms", "0", lambda s: s.no_input_ms == 0),
    ],
)
def test_one_setting(name: str, value: str, held: object) -> None:
    found = changed(CallSettings(), {name: value})
    assert callable(held) and held(found)
    assert found != CallSettings()


def test_several_at_once_leave_the_rest() -> None:
    found = changed(CallSettings(), {"endpointing.complete_ms": "400", "endpointing.open_ms": "900", "hold_on_ms": "1"})
    assert (found.endpointing.complete_ms, found.endpointing.open_ms, found.hold_on_ms) == (400, 900, 1)
    assert (found.endpointing.partial_ms, found.turns) == (1500, CallSettings().turns)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("endpointing.complete", "400", "no setting 'endpointing.complete'; here there are complete_ms, open_ms"),
        ("endpoint.complete_ms", "400", "no setting 'endpoint.complete_ms'"),
        ("endpointing", "400", "'endpointing' is no setting but several: endpointing.complete_ms"),
        ("no_input_ms.x", "400", "'no_input_ms' has no parts"),
        ("no_input_ms", "soon", "no_input_ms can't be 'soon'; it is 7000"),
        ("no_input_ms", "1.5", "no_input_ms can't be '1.5'"),
        ("no_input_ms", "-5", "no_input_ms can't be '-5'"),
        ("turns.onset", "nan", "turns.onset can't be 'nan'"),
        ("turns.onset", "inf", "turns.onset can't be 'inf'"),
        ("transfer.consult", "yes", "transfer.consult can't be 'yes'; it is True"),
        ("consent", "sometimes", "consent can't be 'sometimes'"),
        ("holding.lines", "Please wait.", "holding.lines can't be 'Please wait.'"),
        ("no_input_ms", "none", "no_input_ms can't be 'none'"),
        ("playback.chunk_ms", "0", "playback.chunk_ms can't be '0': chunk_ms is 0; a chunk has at least 20"),
        ("", "1", "no setting ''"),
    ],
)
def test_what_is_no_setting_or_no_value_for_it(name: str, value: str, complaint: str) -> None:
    with pytest.raises(OperatorError) as refused:
        changed(CallSettings(), {name: value})
    assert complaint in str(refused.value)
