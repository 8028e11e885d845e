"""Where a call stands, who has called before, and the ledgers, on both databases."""

import pytest

from tests.voice import databases
from tests.voice.databases import NAME, PHONE, on
from voice.errors import StoreError
from voice.store import Consent, KnownCaller, LeadField, Resumable, Store, StoredTransfer, WriteRefused

url = databases.url

KAREN = "+14155550123"
OFFICE = "+14155550100"


def test_a_call_is_resumed_from_where_its_state_was_kept(url: str) -> None:
    async def work(store: Store) -> None:
        begun = ("after_hours_hvac", 4, "", KAREN, None, "2026-11-22T19:40:00-05:00", None)
        assert await store.resumable("CA1") == Resumable("CA1", *begun, 0)
        await store.save_fields("CA1", NAME, turn=0, state='{"step":"contact"}')
        await store.add_turn("CA1", 0, "karen mitchell", 0.9, "contact", "Thank you.", None, False)
        await store.add_turn("CA1", 2, "yes", 0.9, "contact", "Good.", None, False)
        await store.keep_state("CA1", '{"step":"address"}')
        found = await store.resumable("CA1")
        assert found is not None
        assert (found.state, found.turns, found.outcome) == ('{"step":"address"}', 3, None)
        await store.end_call("CA1", "lead_saved", 61.0, ())
        found = await store.resumable("CA1")
        assert found is not None
        assert found.outcome == "lead_saved"
        assert await store.resumable("CA404") is None

    on(url, work)


def test_fields_and_the_state_that_follows_from_them_are_saved_together_or_not(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME, state="first")
        broken = {"name": (None, "", 0.5, False)}
        with pytest.raises(WriteRefused):
            await store.save_fields("CA1", PHONE | broken, state="second")  # type: ignore[arg-type]
        found, lead = await store.resumable("CA1"), await store.lead("CA1")
        assert found is not None and found.state == "first"
        assert lead is not None and set(lead.fields) == {"name"}

    on(url, work)


def test_a_state_without_fields_makes_no_lead(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", {}, state="greeting")
        assert await store.lead("CA1") is None
        with pytest.raises(WriteRefused, match="no such call"):
            await store.keep_state("CA404", "x")

    on(url, work)


def test_a_field_knows_the_turn_that_brought_it(url: str) -> None:
    async def work(store: Store) -> None:
        await store.save_fields("CA1", NAME | PHONE, turn=2)
        await store.save_fields("CA1", {"name": ("Karen Marshall", "marshall", 0.88, True)}, turn=5)
        lead = await store.lead("CA1")
        assert lead is not None
        assert lead.fields["name"] == LeadField("Karen Marshall", "marshall", 0.88, True, 5)
        assert lead.fields["callback"].turn == 2

    on(url, work)


def test_a_caller_is_known_by_every_call_once(url: str) -> None:
    async def work(store: Store) -> None:
        # CA1 and CA2 have begun, at 19:40 and 19:41; the second stream of CA2 is no third call.
        await store.begin_call("CA2", "MZ2", "after_hours_hvac", 4, KAREN, None, "2026-11-22T19:55:00-05:00")
        await store.end_call("CA1", "lead_saved", 61.0, ())
        known = await store.caller(KAREN)
        assert known == KnownCaller(
            KAREN, "", 2, "2026-11-22T19:41:00-05:00", None, {}, first_call="2026-11-22T19:40:00-05:00"
        )
        await store.end_call("CA2", "transferred", 40.0, ())
        # Late word of the first call is not the caller's last outcome.
        await store.end_call("CA1", "caller_hung_up", 61.0, ())
        known = await store.caller(KAREN)
        assert known is not None
        assert known.last_outcome == "transferred"
        assert await store.caller("+14155550199") is None

    on(url, work, begun=("CA1", "CA2"))


def test_who_withholds_the_number_is_no_known_caller(url: str) -> None:
    async def work(store: Store) -> None:
        await store.begin_call("CA7", "MZ1", "after_hours_hvac", 4, None, OFFICE, "2026-11-22T19:40:00-05:00")
        await store.end_call("CA7", "caller_hung_up", 3.0, ())
        known = await store.caller(KAREN)
        assert known is not None and known.calls == 1

    on(url, work)


def test_a_name_and_a_profile_are_put_to_a_number(url: str) -> None:
    async def work(store: Store) -> None:
        await store.remember_caller(KAREN, name="Karen Mitchell", profile={"vip": "yes"})
        await store.remember_caller(KAREN, name="Karen Marshall")
        await store.remember_caller(OFFICE, profile={"plan": "gold"})
        karen, office = await store.caller(KAREN), await store.caller(OFFICE)
        assert karen is not None and office is not None
        assert (karen.name, karen.profile, karen.calls) == ("Karen Marshall", {"vip": "yes"}, 1)
        assert (office.name, office.profile, office.calls) == ("", {"plan": "gold"}, 0)
        await store.begin_call("CA9", "MZ1", "after_hours_hvac", 4, OFFICE, None, "2026-11-23T08:00:00-05:00")
        office = await store.caller(OFFICE)
        assert office is not None
        assert (office.calls, office.first_call, office.profile) == (1, "2026-11-23T08:00:00-05:00", {"plan": "gold"})

    on(url, work)


def test_a_route_is_noted_before_the_agent_takes_the_call_or_without_it(url: str) -> None:
    async def work(store: Store) -> None:
        came = "2026-11-22T19:39:58-05:00"
        await store.note_route("CA5", "agent", "b", "open", caller=KAREN, called=OFFICE, started=came, attestation="A")
        assert await store.resumable("CA5") is None
        assert await store.caller(KAREN) is None
        await store.begin_call("CA5", "MZ5", "after_hours_hvac", 4, KAREN, OFFICE, "2026-11-22T19:40:00-05:00")
        await store.note_route("CA6", "reject", "", "spam")
        by_name = {call.call: call for call in await store.calls()}
        taken, rejected = by_name["CA5"], by_name["CA6"]
        assert (taken.stream, taken.flow, taken.version, taken.started) == ("MZ5", "after_hours_hvac", 4, came)
        assert (taken.route, taken.arm, taken.why, taken.attestation) == ("agent", "b", "open", "A")
        assert (rejected.route, rejected.why, rejected.flow) == ("reject", "spam", "")
        known = await store.caller(KAREN)
        assert known is not None and known.calls == 1

    on(url, work, begun=())


def test_point_25_a_status_counts_once_and_an_old_one_does_not_replace_a_new_one(url: str) -> None:
    async def work(store: Store) -> None:
        assert await store.note_status("CA1", "completed", 3)
        assert not await store.note_status("CA1", "completed", 3)
        assert await store.note_status("CA1", "ringing", 1)
        assert await store.note_status("CA404", "completed", 0)
        assert not await store.note_status("CA404", "completed", 0)
        (call,) = await store.calls()
        assert call.status == "completed"

    on(url, work)


def test_point_34_the_ledger_of_consents_is_never_rewritten(url: str) -> None:
    told = Consent("2026-11-22T19:40:03-05:00", "announced", True, "This call is recorded.")
    asked = Consent("2026-11-22T19:40:09-05:00", "asked", False, "May we record this call?")

    async def work(store: Store) -> None:
        await store.note_consent("CA1", asked.kind, asked.granted, asked.script, asked.at)
        await store.note_consent("CA1", told.kind, told.granted, told.script, told.at)
        await store.note_consent("CA1", asked.kind, True, "Something else.", asked.at)
        assert await store.consents("CA1") == (told, asked)
        assert await store.consents("CA2") == ()
        with pytest.raises(WriteRefused):
            await store.note_consent("CA404", told.kind, told.granted, told.script, told.at)

    on(url, work)


def test_a_transfer_is_noted_as_it_goes(url: str) -> None:
    async def work(store: Store) -> None:
        await store.note_transfer("CA1", 1, target="on_call", reason="gas", stage="looking")
        await store.note_transfer("CA1", 1, person="Dana", stage="ringing", rung_at="2026-11-22T19:41:00-05:00")
        await store.note_transfer("CA1", 1)
        await store.note_transfer("CA1", 2, target="office")
        await store.note_transfer("CA1", 1, stage="over", outcome="accepted", seconds=7.5)
        first, second = await store.transfers("CA1")
        assert first == StoredTransfer(
            1, "on_call", "gas", "Dana", "over", "2026-11-22T19:41:00-05:00", None, None, "accepted", 7.5
        )
        assert second == StoredTransfer(2, "office")
        with pytest.raises(TypeError, match="colour"):
            await store.note_transfer("CA1", 1, colour="red")

    on(url, work)


def test_a_missing_table_is_the_databases_fault_and_not_the_rows(tmp_path: object) -> None:
    async def work(store: Store) -> None:
        async with store._writes("test") as connection:
            await connection.exec_driver_sql("DROP TABLE statuses")
        with pytest.raises(StoreError) as refused:
            await store.note_status("CA1", "completed", 1)
        assert not isinstance(refused.value, WriteRefused)

    on(f"sqlite:///{tmp_path}/calls.db", work)
