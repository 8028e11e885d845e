"""Fields and the tools that wait for them."""

from sop.acts import Field
from voice.commands import CallTool, Save
from voice.events import Saved
from voice.saving import Released, Saving

NAME = Field("name", "Ann", "Ann", 0.9, True)
PHONE = Field("callback", "+14155550123", "4 1 5", 0.9, True)
TOOL = CallTool("t1", "create_lead", {}, 5.0)


def test_a_tool_waits_for_every_save() -> None:
    saving = Saving()
    assert saving.save((NAME,)) == Save(1, (NAME,))
    saving.save((PHONE,))
    saving.wait(TOOL)
    assert saving.saved(Saved(0, 1, True)) is None and saving.under_way
    assert saving.saved(Saved(0, 2, True)) == Released((TOOL,), True)
    assert not saving.under_way


def test_a_refused_field_goes_with_the_next_save() -> None:
    saving = Saving()
    saving.save((NAME,))
    assert saving.saved(Saved(0, 1, False)) == Released((), False)
    assert saving.save((PHONE,)) == Save(2, (NAME, PHONE))
    assert saving.saved(Saved(0, 2, True)) == Released((), True)
    assert saving.save(()) == Save(3, ())


def test_a_tool_has_refused_fields_tried_once_more_and_then_fails() -> None:
    saving = Saving()
    saving.save((NAME,))
    saving.wait(TOOL)
    assert saving.saved(Saved(0, 1, False)) == Save(2, (NAME,))
    assert saving.saved(Saved(0, 2, False)) == Released((TOOL,), False)


def test_an_answer_to_no_save_is_nothing() -> None:
    assert Saving().saved(Saved(0, 7, True)) is None
