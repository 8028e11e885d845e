"""The webhooks of a transfer over a real socket: keys, mailboxes, conferences, late and repeated reports."""

import pytest

from tests.voice.desks import ANN, BASE, BOB, ON_CALL, OWN, FakeDesk, Service, call_form, leg_form
from tests.voice.documents import one, said, verbs
from tests.voice.test_webhooks import agent_token, talk
from voice.desk import Brief, Dialling
from voice.events import LegState
from voice.leg_status import dial_state, leg_state, machine
from voice.twiml import Texts

LEG = "/twilio/transfer/CA1/1"
DIAL = "/twilio/transfer/CA1/dial"
CONFERENCE = "/twilio/transfer/CA1/conference"
OPAQUE = "0123456789abcdef0123456789abcdef"
MARKUP = "a <Dial>+19005550000</Dial> & leak"


def briefed(**more: object) -> FakeDesk:
    desk = FakeDesk(**more)  # type: ignore[arg-type]
    desk.briefs["CA1", 1] = Brief("A leak. Press 1 to take the call.")
    return desk


# ---- the brief -----------------------------------------------------------------------------------------------------


def test_point_29_a_person_hears_the_brief_and_may_press_a_key() -> None:
    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/brief", leg_form())).text
        assert verbs(text) == ["Gather", "Hangup"]
        assert one(text, "Gather").get("action") == f"{BASE}{LEG}/accept"
        assert said(text) == "A leak. Press 1 to take the call."

    talk(briefed(), scene)


def test_a_rendered_brief_is_played_from_its_opaque_name() -> None:
    desk = FakeDesk(audio={OPAQUE: b"RIFF0000WAVE"})
    desk.briefs["CA1", 1] = Brief("the same words", OPAQUE)

    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/brief", leg_form())).text
        assert one(text, "Gather/Play").text == f"{BASE}/twilio/brief/{OPAQUE}.wav"
        audio = await twilio.get(f"/twilio/brief/{OPAQUE}.wav")
        assert (audio.status, audio.kind, audio.body) == (200, "audio/wav", b"RIFF0000WAVE")
        assert (await twilio.get(f"/twilio/brief/{OPAQUE[::-1]}.wav")).status == 404
        assert (await twilio.get(f"/twilio/brief/{OPAQUE}.wav", X_Twilio_Signature="")).status == 403
        assert (await twilio.get("/twilio/brief/short.wav")).status == 404

    talk(desk, scene)


def test_a_carrier_that_does_not_sign_audio_gets_it_by_its_name() -> None:
    async def scene(twilio: Service) -> None:
        assert (await twilio.get(f"/twilio/brief/{OPAQUE}.wav", X_Twilio_Signature="")).status == 200
        assert (await twilio.post("/twilio/voice", call_form(), X_Twilio_Signature="")).status == 403

    talk(FakeDesk(audio={OPAQUE: b"RIFF"}), scene, signed_audio=False)


def test_a_person_whose_caller_has_gone_is_told_so() -> None:
    async def scene(twilio: Service) -> None:
        for path in (f"{LEG}/brief", f"{DIAL}/0/whisper", "/twilio/apology"):
            text = (await twilio.post(path, leg_form())).text
            assert verbs(text) == ["Say", "Hangup"]
            assert "hung up" in said(text)

    talk(FakeDesk(), scene)


def test_point_33_a_callers_words_are_only_spoken() -> None:
    desk = FakeDesk(passing=Dialling((ANN,), Brief(MARKUP)))
    desk.briefs["CA1", 1] = Brief(MARKUP + " x" * 2000)

    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/brief", leg_form())).text
        assert verbs(text) == ["Gather", "Hangup"]
        assert said(text).startswith(MARKUP)
        assert len(said(text)) <= 400
        assert said((await twilio.post(f"{DIAL}/0/whisper", leg_form())).text) == MARKUP

    talk(desk, scene)


def test_a_person_hears_the_language_of_the_line() -> None:
    desk = briefed()
    desk.lines[OWN] = desk.lines[OWN].__class__(OWN, "lead", texts=Texts(language="en-GB"))

    async def scene(twilio: Service) -> None:
        assert one((await twilio.post(f"{LEG}/brief", leg_form())).text, "Gather/Say").get("language") == "en-GB"

    talk(desk, scene)


# ---- the key -------------------------------------------------------------------------------------------------------


def test_point_29_only_the_1_accepts() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))).text
        assert one(text, "Dial").get("action") == f"{BASE}{LEG}/done"
        assert one(text, "Dial/Conference").get("participantLabel") == "person-1"

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.ACCEPTED)]


@pytest.mark.parametrize("digits", ["2", "0", "*", "#", "11", "", "１", "one"])
def test_point_29_any_other_key_declines(digits: str) -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post(f"{LEG}/accept", leg_form(Digits=digits))).text) == ["Hangup"]
        late = await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))
        assert "hung up" in said(late.text)

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.DECLINED)]


def test_point_25_a_repeated_key_gets_the_same_document_and_counts_once() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        texts = {(await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))).text for _ in range(3)}
        assert len(texts) == 1

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.ACCEPTED)]


def test_point_29_a_key_for_a_caller_who_has_gone_connects_nobody() -> None:
    desk = briefed(wanted=False)

    async def scene(twilio: Service) -> None:
        for _ in range(2):
            text = (await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))).text
            assert verbs(text) == ["Say", "Hangup"]

    talk(desk, scene)


# ---- reports -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", None),
        ("initiated", None),
        ("ringing", LegState.RINGING),
        ("in-progress", LegState.ANSWERED),
        ("completed", LegState.ENDED),
        ("busy", LegState.BUSY),
        ("no-answer", LegState.NO_ANSWER),
        ("failed", LegState.FAILED),
        ("canceled", LegState.ENDED),
        ("", None),
        ("Ringing", None),
    ],
)
def test_point_26_statuses_of_a_leg(status: str, state: LegState | None) -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        assert (await twilio.post(f"{LEG}/status", leg_form(CallStatus=status))).status == 204

    talk(desk, scene)
    assert leg_state(status) is state
    assert desk.noted("leg_changed") == ([("CA1", 1, state)] if state else [])


@pytest.mark.parametrize(
    ("answered_by", "is_machine"),
    [
        ("human", False),
        ("unknown", False),
        ("", False),
        ("machine_start", True),
        ("machine_end_beep", True),
        ("machine_end_silence", True),
        ("machine_end_other", True),
        ("fax", True),
    ],
)
def test_point_29_answering_machines(answered_by: str, is_machine: bool) -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        assert (await twilio.post(f"{LEG}/machine", leg_form(AnsweredBy=answered_by))).status == 204

    talk(desk, scene)
    assert (machine(answered_by) is LegState.MACHINE) is is_machine
    assert desk.noted("leg_changed") == ([("CA1", 1, LegState.MACHINE)] if is_machine else [])


def test_point_25_callbacks_late_repeated_and_out_of_order() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        for status in ("in-progress", "ringing", "in-progress", "completed", "in-progress", "completed", "ringing"):
            assert (await twilio.post(f"{LEG}/status", leg_form(CallStatus=status))).status == 204
        assert (await twilio.post(f"{LEG}/machine", leg_form(AnsweredBy="fax"))).status == 204

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.ANSWERED), ("CA1", 1, LegState.ENDED)]


def test_point_25_a_report_that_could_not_be_passed_on_is_news_again() -> None:
    desk = briefed(breaks="leg_changed")

    async def scene(twilio: Service) -> None:
        assert (await twilio.post(f"{LEG}/status", leg_form(CallStatus="busy"))).status == 500
        desk.breaks = ""
        assert (await twilio.post(f"{LEG}/status", leg_form(CallStatus="busy"))).status == 204

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.BUSY)]


@pytest.mark.parametrize(("digits", "wanted"), [("2", True), ("1", False)])
def test_point_26_a_leg_whose_end_is_no_news_frees_its_place(digits: str, wanted: bool) -> None:
    desk = briefed(wanted=wanted)

    async def scene(twilio: Service) -> None:
        await twilio.post(f"{LEG}/accept", leg_form(Digits=digits))
        assert desk.noted("leg_over") == []
        assert (await twilio.post(f"{LEG}/status", leg_form(CallStatus="completed"))).status == 204

    talk(desk, scene)
    assert desk.noted("leg_over") == [("CA1", 1)]
    assert (("CA1", 1, LegState.ENDED) in desk.noted("leg_changed")) is False


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"CallStatus": "ringing"}, LegState.RINGING),
        ({"StatusCallbackEvent": "participant-join", "ParticipantLabel": "person-1"}, LegState.JOINED),
    ],
)
def test_point_32_a_telephone_that_nobody_waits_for_does_not_ring_on(form: dict[str, str], state: LegState) -> None:
    desk = briefed(wanted=False)

    async def scene(twilio: Service) -> None:
        path = f"{LEG}/status" if "CallStatus" in form else CONFERENCE
        assert (await twilio.post(path, leg_form(**form))).status == 204

    talk(desk, scene)
    assert desk.noted("drop_leg") == [("CA1", "CAleg", state)]


def test_a_telephone_that_is_waited_for_rings_on() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        await twilio.post(f"{LEG}/status", leg_form(CallStatus="ringing"))

    talk(desk, scene)
    assert desk.noted("drop_leg") == []


# ---- the conference ------------------------------------------------------------------------------------------------


def test_point_32_the_persons_joining_is_reported_and_the_callers_is_not() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        for event, label in (
            ("conference-start", ""),
            ("participant-join", "person-1"),
            ("participant-join", "person-1"),
            ("participant-join", "caller-1"),
            ("participant-leave", "caller-1"),
            ("participant-leave", "person-1"),
            ("conference-end", ""),
        ):
            form = leg_form(StatusCallbackEvent=event, ParticipantLabel=label, ConferenceSid="CF1")
            assert (await twilio.post(CONFERENCE, form)).status == 204

    talk(desk, scene)
    assert desk.noted("leg_changed") == [("CA1", 1, LegState.JOINED), ("CA1", 1, LegState.ENDED)]
    assert desk.noted("move_caller") == []


BACK = ("CA1", f"{BASE}{LEG}/back")


@pytest.mark.parametrize(
    ("events", "moved"),
    [
        ([("join", "person-1", "CF1"), ("leave", "person-1", "CF1"), ("join", "caller-1", "CF2")], [BACK]),
        ([("join", "person-1", "CF1"), ("join", "caller-1", "CF2"), ("leave", "person-1", "CF1")], [BACK]),
        ([("leave", "person-1", ""), ("join", "caller-1", "")], [BACK]),
        ([("join", "person-1", "CF1"), ("leave", "person-1", "CF1"), ("join", "caller-1", "CF1")], []),
        ([("join", "person-1", "CF1"), ("join", "caller-1", "CF1"), ("leave", "person-1", "CF1")], []),
        ([("join", "caller-1", "CF1")], []),
        ([("join", "person-1", "CF1"), ("join", "caller-1", "CF2"), ("join", "caller-1", "CF2")], [BACK]),
        ([("join", "person-1", "CF1"), ("join", "person-2", "CF2"), ("join", "caller-2", "CF2")], []),
    ],
    ids=[
        "left before",
        "left before, reported late",
        "conferences unnamed",
        "talked shortly",
        "talked",
        "person unknown",
        "reported twice",
        "second person",
    ],
)
def test_point_32_a_caller_alone_in_a_conference_goes_back_to_the_agent(
    events: list[tuple[str, str, str]], moved: list[tuple[str, str]]
) -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        for event, label, room in events:
            form = leg_form(StatusCallbackEvent=f"participant-{event}", ParticipantLabel=label, ConferenceSid=room)
            assert (await twilio.post(CONFERENCE, form)).status == 204

    talk(desk, scene)
    assert desk.noted("move_caller") == moved


def test_point_32_the_way_back_leads_to_the_agent_who_knows_why() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        back = await twilio.post(f"{LEG}/back", call_form())
        assert desk.orders[agent_token(back)].returned == "ended"

    talk(desk, scene)
    assert desk.noted("person_missed") == [("CA1", 1)]


def test_point_32_the_caller_joins_the_same_conference() -> None:
    async def scene(twilio: Service) -> None:
        accepted = await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))
        joined = await twilio.post(f"{LEG}/join", call_form())
        assert one(joined.text, "Dial/Conference").get("participantLabel") == "caller-1"
        names = {one(reply.text, "Dial/Conference").text for reply in (accepted, joined)}
        assert len(names) == 1
        other = await twilio.post("/twilio/transfer/CA1/2/join", call_form())
        assert one(other.text, "Dial/Conference").text not in names

    talk(briefed(), scene)


def test_point_32_nobody_is_sent_to_a_conference_that_the_person_has_left() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        await twilio.post(f"{LEG}/accept", leg_form(Digits="1"))
        assert verbs((await twilio.post(f"{LEG}/done", leg_form(DialCallStatus="answered"))).text) == ["Hangup"]
        back = await twilio.post(f"{LEG}/join", call_form())
        assert desk.orders[agent_token(back)].returned == "ended"

    talk(desk, scene)
    assert desk.noted("person_missed") == [("CA1", 1)]


def test_point_32_after_the_person_has_left_the_caller_is_told_goodbye() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/left", call_form(DialCallStatus="answered"))).text
        assert verbs(text) == ["Say", "Hangup"]

    talk(desk, scene)
    assert desk.noted("person_left") == [("CA1", 1)]


def test_point_24_a_conference_that_could_not_be_leads_to_a_person() -> None:
    desk = briefed()

    async def scene(twilio: Service) -> None:
        text = (await twilio.post(f"{LEG}/left", call_form(DialCallStatus="failed"))).text
        assert one(text, "Dial/Number").text == ON_CALL

    talk(desk, scene)
    assert desk.noted("person_left") == []


@pytest.mark.parametrize(
    "path", ["/twilio/transfer/CA1/x/brief", "/twilio/transfer/CA 1/1/brief", "/twilio/transfer/CA1/12345/join"]
)
def test_a_path_that_names_no_leg_is_no_route(path: str) -> None:
    async def scene(twilio: Service) -> None:
        assert (await twilio.post(path.replace(" ", "%20"), leg_form())).status == 404

    talk(briefed(), scene)


# ---- pattern A -----------------------------------------------------------------------------------------------------


def passing(**more: object) -> FakeDesk:
    return FakeDesk(passing=Dialling((ANN, BOB), Brief("A leak."), OWN, 12), **more)  # type: ignore[arg-type]


def test_pattern_a_rings_one_after_the_other_then_comes_back_to_the_agent() -> None:
    desk = passing()

    async def scene(twilio: Service) -> None:
        first = (await twilio.post(DIAL, call_form())).text
        assert one(first, "Dial/Number").text == ANN
        assert (one(first, "Dial").get("timeout"), one(first, "Dial").get("callerId")) == ("12", OWN)
        second = (await twilio.post(f"{DIAL}/0/result", call_form(DialCallStatus="no-answer"))).text
        assert one(second, "Dial/Number").text == BOB
        back = await twilio.post(f"{DIAL}/1/result", call_form(DialCallStatus="busy"))
        assert desk.orders[agent_token(back)].returned == "busy"

    talk(desk, scene)
    assert desk.noted("dial_finished") == [("CA1", 0, LegState.NO_ANSWER), ("CA1", 1, LegState.BUSY)]


def test_pattern_a_the_1_connects_and_the_call_then_ends() -> None:
    desk = passing()

    async def scene(twilio: Service) -> None:
        whisper = (await twilio.post(f"{DIAL}/0/whisper", leg_form())).text
        assert one(whisper, "Gather").get("action") == f"{BASE}{DIAL}/0/accept"
        assert verbs((await twilio.post(f"{DIAL}/0/accept", leg_form(Digits="1"))).text) == []
        result = await twilio.post(f"{DIAL}/0/result", call_form(DialCallStatus="completed", DialBridged="true"))
        assert verbs(result.text) == ["Hangup"]

    talk(desk, scene)
    assert desk.noted("dial_finished") == [("CA1", 0, LegState.ENDED)]


def test_point_29_a_mailbox_that_answers_is_not_a_person() -> None:
    desk = passing()

    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post(f"{DIAL}/0/accept", leg_form(Digits="3"))).text) == ["Hangup"]
        result = await twilio.post(f"{DIAL}/0/result", call_form(DialCallStatus="completed", DialBridged="false"))
        assert one(result.text, "Dial/Number").text == BOB

    talk(desk, scene)
    assert desk.noted("dial_finished") == [("CA1", 0, LegState.DECLINED)]


@pytest.mark.parametrize(
    ("status", "accepted", "bridged", "state"),
    [
        ("completed", True, "true", LegState.ENDED),
        ("completed", True, "", LegState.ENDED),
        ("completed", True, "false", LegState.DECLINED),
        ("completed", False, "true", LegState.DECLINED),
        ("completed", False, "", LegState.DECLINED),
        ("no-answer", False, "", LegState.NO_ANSWER),
        ("busy", False, "false", LegState.BUSY),
        ("failed", False, "", LegState.FAILED),
        ("canceled", False, "", LegState.DECLINED),
        ("", False, "", LegState.FAILED),
    ],
)
def test_point_29_how_a_dial_ended(status: str, accepted: bool, bridged: str, state: LegState) -> None:
    assert dial_state(status, accepted=accepted, bridged=bridged) is state


def test_pattern_a_without_anybody_comes_back_at_once() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        assert desk.orders[agent_token(await twilio.post(DIAL, call_form()))].returned == "nobody on duty"

    talk(desk, scene)


def test_point_33_pattern_a_dials_for_as_long_as_it_may_and_nobody_where_it_may_not() -> None:
    desk = passing(dial_s=240)

    async def scene(twilio: Service) -> None:
        assert 'timeLimit="240"' in (await twilio.post(DIAL, call_form())).text
        desk.dial_s = 0
        answer = await twilio.post(f"{DIAL}/0/result", call_form(DialCallStatus="busy"))
        assert desk.orders[agent_token(answer)].returned == "refused"

    talk(desk, scene)
    assert desk.noted("dial_begun") == [("CA1", 0), ("CA1", 1)]


def test_point_30_pattern_a_dials_nobody_for_a_caller_who_has_hung_up() -> None:
    desk = passing()

    async def scene(twilio: Service) -> None:
        form = call_form(DialCallStatus="canceled", CallStatus="completed")
        assert verbs((await twilio.post(f"{DIAL}/0/result", form)).text) == ["Hangup"]

    talk(desk, scene)
    assert desk.noted("dial_begun") == []


def test_pattern_a_a_key_for_a_caller_who_has_gone() -> None:
    async def scene(twilio: Service) -> None:
        assert "hung up" in said((await twilio.post(f"{DIAL}/0/accept", leg_form(Digits="1"))).text)

    talk(passing(wanted=False), scene)


@pytest.mark.parametrize("breaks", ["dialling", "dial_finished"])
def test_point_24_a_transfer_that_breaks_leads_to_a_person(breaks: str) -> None:
    async def scene(twilio: Service) -> None:
        for path in (DIAL, f"{DIAL}/0/result"):
            text = (await twilio.post(path, call_form(DialCallStatus="busy"))).text
            assert verbs(text) in (["Say", "Dial"], ["Dial"])

    talk(passing(breaks=breaks), scene)
