"""The webhooks of a call over a real socket: answering, after the stream, callbacks, and who is let in at all."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from sop.graph import Hours
from tests.voice.desks import (
    ANN,
    BASE,
    CALLER,
    ON_CALL,
    OWN,
    FakeDesk,
    Reply,
    Service,
    call_form,
    service,
)
from tests.voice.documents import one, said, verbs
from voice.answering import Decision, Line, Load, Route, challenge_key
from voice.desk import Phase, RecordingNote, StreamNote, VoicemailNote

TRANSFER = "/twilio/transfer/CA1"
DOCUMENTS = (
    "/twilio/voice",
    "/twilio/after-stream",
    "/twilio/after-staff",
    "/twilio/after-human",
    "/twilio/after-people",
    "/twilio/challenge",
    "/twilio/voicemail",
    "/twilio/sms",
    "/twilio/staff/CA1/whisper",
    "/twilio/staff/CA1/accept",
    "/twilio/people/CA1/whisper",
    "/twilio/people/CA1/accept",
    "/twilio/apology",
    f"{TRANSFER}/1/brief",
    f"{TRANSFER}/1/accept",
    f"{TRANSFER}/1/done",
    f"{TRANSFER}/1/join",
    f"{TRANSFER}/1/left",
    f"{TRANSFER}/1/back",
    f"{TRANSFER}/dial",
    f"{TRANSFER}/dial/0/whisper",
    f"{TRANSFER}/dial/0/accept",
    f"{TRANSFER}/dial/0/result",
)
CALLBACKS = (
    "/twilio/stream-status",
    "/twilio/call-status",
    "/twilio/recording",
    f"{TRANSFER}/1/status",
    f"{TRANSFER}/1/machine",
    f"{TRANSFER}/conference",
)
AUDIO = "/twilio/brief/0123456789abcdef.wav"


def talk(desk: FakeDesk, scene: Callable[[Service], Awaitable[None]], **options: float) -> None:
    """One scene between the carrier and a server that lives for it."""

    async def play() -> None:
        async with service(desk, **options) as twilio:  # type: ignore[arg-type]
            await scene(twilio)

    asyncio.run(play())


def agent_token(reply: Reply) -> str:
    """The ticket of an agent's document."""
    assert reply.status == 200
    return one(reply.text, "Connect/Stream/Parameter").get("value") or ""


# ---- who is let in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*DOCUMENTS, *CALLBACKS, AUDIO])
def test_point_2_nothing_is_done_for_a_forged_or_unsigned_request(path: str) -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        form = call_form(Digits="1", CallStatus="completed")
        assert (await twilio.post(path, form, X_Twilio_Signature="")).status == 403
        assert (await twilio.post(path, form, X_Twilio_Signature="AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).status == 403
        assert (await twilio.get(path, X_Twilio_Signature="")).status == 403
        assert (await twilio.get(path, X_Twilio_Signature="AAAAAAAAAAAAAAAAAAAAAAAAAAA=")).status == 403

    talk(desk, scene)
    assert desk.notes == []


@pytest.mark.parametrize("path", [*DOCUMENTS, *CALLBACKS])
def test_point_6_every_route_takes_get_and_post(path: str) -> None:
    async def scene(twilio: Service) -> None:
        for reply in (
            await twilio.post(path, call_form()),
            await twilio.get(f"{path}?CallSid=CA2&AccountSid=AC1&Blank="),
        ):
            assert reply.status == (200 if path in DOCUMENTS else 204)

    talk(FakeDesk(), scene)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_point_23_documents_are_valid_xml_and_never_a_redirect(path: str) -> None:
    async def scene(twilio: Service) -> None:
        reply = await twilio.post(path, call_form())
        assert (reply.status, reply.kind, reply.location) == (200, "text/xml", "")
        verbs(reply.text)
        assert (await twilio.post(path + "/", call_form())).status == 404

    talk(FakeDesk(), scene)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
def test_other_methods_are_refused(method: str) -> None:
    async def scene(twilio: Service) -> None:
        assert (await twilio.ask(method, "/twilio/voice", b"", {})).status == 405

    talk(FakeDesk(), scene)


def test_point_6_blank_repeated_and_new_parameters_are_signed_as_they_are() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        form = "CallSid=CA1&AccountSid=AC1&To=%2B18005550100&From=%2B14155550199&Tag=b&Tag=a&New=&Stadt=M%C3%BCnchen"
        agent_token(await twilio.post("/twilio/voice", form))
        bad = await twilio.post("/twilio/voice", form + "&CallSid=CA9", X_Twilio_Signature="x")
        assert bad.status == 403

    talk(desk, scene)
    assert len(desk.noted("open_ticket")) == 1


def test_point_6_a_json_callback_is_vouched_for_by_its_hash() -> None:
    async def scene(twilio: Service) -> None:
        body = b'{"CallSid": "CA1"}'
        path = f"/twilio/stream-status?bodySHA256={hashlib.sha256(body).hexdigest()}"
        headers = {
            "X-Twilio-Signature": RequestValidator("12345").compute_signature(BASE + path, {}),
            "Content-Type": "application/json",
        }
        assert (await twilio.ask("POST", path, body, headers)).status == 204
        assert (await twilio.ask("POST", path, body + b" ", headers)).status == 403

    talk(FakeDesk(), scene)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"CallSid=CA1", "text/plain"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"a=%FF", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_form_is_refused(body: bytes, kind: str) -> None:
    async def scene(twilio: Service) -> None:
        headers = {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Content-Type": kind}
        assert (await twilio.ask("POST", "/twilio/voice", body, headers)).status == 403

    talk(FakeDesk(), scene)


def test_a_body_is_bounded() -> None:
    async def scene(twilio: Service) -> None:
        assert (await twilio.post("/twilio/voice", call_form(Big="x" * 70_000))).status == 413
        assert (await twilio.post("/twilio/voice", call_form(Big="x" * 60_000))).status == 200

    talk(FakeDesk(), scene)


def test_nothing_of_a_caller_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    desk = FakeDesk(breaks="note_stop_word")

    async def scene(twilio: Service) -> None:
        form = call_form(Digits="1234", Body="stop", StreamEvent="stream-error", StreamError="31924 protocol")
        await twilio.post("/twilio/voice", form, X_Twilio_Signature="x")
        for path in (*DOCUMENTS, *CALLBACKS):
            await twilio.post(path, form)
        await twilio.post("/twilio/voice", form | {"To": "+14155550177", "CallSid": "CA8"})

    talk(desk, scene)
    logged = "".join(capsys.readouterr())
    assert "webhook failed" in logged
    assert "31924 protocol" in logged
    assert not any(secret in logged for secret in (CALLER, CALLER[1:], "4155550177", "1234", "stop\n", OWN))


# ---- answering -----------------------------------------------------------------------------------------------------


def test_a_call_gets_the_agent_and_a_ticket() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        reply = await twilio.post("/twilio/voice", call_form(StirVerstat="TN-Validation-Passed-A"))
        token = agent_token(reply)
        order = desk.orders[token]
        assert (order.number, order.caller, order.flow, order.attestation) == (OWN, CALLER, "lead", "A")
        assert desk.tickets.redeem(token, "CA1", "AC1", 1.0) == order

    talk(desk, scene)
    [(_, decision)] = desk.noted("note_route")
    assert decision == Decision(Route.AGENT, "open", "lead")


def test_point_36_an_anonymous_caller_has_no_number() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        assert desk.orders[agent_token(await twilio.post("/twilio/voice", call_form(From="anonymous")))].caller is None
        assert desk.orders[agent_token(await twilio.post("/twilio/voice", call_form("CA2", From="+1")))].caller is None

    talk(desk, scene)
    assert desk.noted("recent_calls") == []


def test_point_23_an_answer_is_there_at_once() -> None:
    async def scene(twilio: Service) -> None:
        took = []
        for n in range(40):
            began = time.perf_counter()
            agent_token(await twilio.post("/twilio/voice", call_form(f"CA{n}")))
            took.append(time.perf_counter() - began)
        assert sorted(took)[37] < 1.0

    talk(FakeDesk(), scene)


def test_point_25_a_repeated_answer_is_the_same_and_opens_nothing() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        first = await twilio.post("/twilio/voice", call_form(), I_Twilio_Idempotency_Token="a")
        replies = await asyncio.gather(
            twilio.post("/twilio/voice", call_form(), I_Twilio_Idempotency_Token="a"),
            twilio.post("/twilio/voice", call_form(CallStatus="ringing")),
        )
        assert [reply.text for reply in replies] == [first.text] * 2

    talk(desk, scene)
    assert len(desk.noted("open_ticket")) == 1


def test_point_25_two_at_the_same_time_are_one() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        replies = await asyncio.gather(*(twilio.post("/twilio/voice", call_form()) for _ in range(8)))
        assert len({reply.text for reply in replies}) == 1

    talk(desk, scene)
    assert len(desk.noted("open_ticket")) == 1


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.FINISHED, ["Hangup"]),
        (Phase.LIVE, ["Say", "Dial"]),
        (Phase.TRANSFERRING, ["Say", "Dial"]),
        (Phase.CRASHED, ["Connect"]),
    ],
)
def test_point_3_a_replayed_answer_opens_no_second_stream(phase: Phase, expected: list[str]) -> None:
    desk = FakeDesk(phase=phase)

    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post("/twilio/voice", call_form())).text) == expected

    talk(desk, scene)
    assert len(desk.noted("open_ticket")) == (1 if phase is Phase.CRASHED else 0)


def test_a_number_that_is_not_configured_is_told_so() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        assert "not in service" in said((await twilio.post("/twilio/voice", call_form(To="+18005550111"))).text)

    talk(desk, scene)
    assert desk.noted("open_ticket") == []


@pytest.mark.parametrize(
    ("load", "words"),
    [(Load(live=64), "busy"), (Load(draining=True), "sorry"), (Load(ready=False), "sorry")],
)
def test_point_37_a_full_or_stopping_server_rings_whoever_is_on_call(load: Load, words: str) -> None:
    desk = FakeDesk(busy=load)

    async def scene(twilio: Service) -> None:
        text = (await twilio.post("/twilio/voice", call_form())).text
        assert words in said(text)
        assert one(text, "Dial/Number").text == ON_CALL

    talk(desk, scene)
    assert desk.noted("open_ticket") == []


@pytest.mark.parametrize("how", ["breaks", "hangs"])
@pytest.mark.parametrize("method", ["call_phase", "recent_calls", "note_route", "open_ticket"])
def test_point_24_a_desk_that_fails_or_hangs_costs_an_apology(how: str, method: str) -> None:
    desk = replace(FakeDesk(), **{how: method})  # type: ignore[arg-type]

    async def scene(twilio: Service) -> None:
        reply = await twilio.post("/twilio/voice", call_form())
        assert verbs(reply.text) == ["Say", "Dial"]
        assert "sorry" in said(reply.text)
        setattr(desk, how, "")
        agent_token(await twilio.post("/twilio/voice", call_form()))

    talk(desk, scene, answer_s=0.2)


def test_point_35_out_of_hours_without_an_agent() -> None:
    desk = FakeDesk({OWN: Line(OWN, "lead", hours=Hours({}, "America/New_York"))})

    async def scene(twilio: Service) -> None:
        text = (await twilio.post("/twilio/voice", call_form())).text
        assert verbs(text) == ["Say", "Say", "Record", "Say", "Hangup"]
        assert "closed" in said(text)

    talk(desk, scene)


def test_a_blocked_caller_hears_why_nobody_answers() -> None:
    desk = FakeDesk({OWN: Line(OWN, "lead", block=frozenset({CALLER}))})

    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post("/twilio/voice", call_form())).text) == ["Say", "Hangup"]

    talk(desk, scene)


def test_the_human_arm_rings_the_human_line() -> None:
    desk = FakeDesk({OWN: Line(OWN, "lead", human=(ANN,), share=0.0)})

    async def scene(twilio: Service) -> None:
        assert one((await twilio.post("/twilio/voice", call_form())).text, "Dial/Number").text == ANN
        assert verbs((await twilio.post("/twilio/after-human", call_form(DialCallStatus="completed"))).text) == [
            "Hangup"
        ]
        missed = await twilio.post("/twilio/after-human", call_form(DialCallStatus="no-answer"))
        assert "Record" in verbs(missed.text)

    talk(desk, scene)
    [(_, decision)] = desk.noted("note_route")
    assert isinstance(decision, Decision)
    assert decision.arm == "human"


@pytest.mark.parametrize(
    ("key", "expected"),
    [("right", ["Connect"]), ("wrong", ["Say", "Record", "Say", "Hangup"]), ("", ["Say", "Record", "Say", "Hangup"])],
)
def test_a_challenge_lets_in_whoever_presses_the_key(key: str, expected: list[str]) -> None:
    desk = FakeDesk(recent=20)
    right = challenge_key("CA1")
    digit = {"right": right, "wrong": "1", "": ""}[key]

    async def scene(twilio: Service) -> None:
        asked = await twilio.post("/twilio/voice", call_form())
        assert verbs(asked.text)[0] == "Gather"
        assert f"press {right}" in said(asked.text)
        assert verbs((await twilio.post("/twilio/challenge", call_form(Digits=digit))).text) == expected

    talk(desk, scene)


@pytest.mark.parametrize(
    ("line", "load"),
    [
        (Line(OWN, "lead", staff=(ANN,), dial_s=900), Load()),
        (Line(OWN, "lead", human=(ANN,), share=0.0, dial_s=900), Load()),
        (Line(OWN, "lead", people=(ANN,), dial_s=900), Load(draining=True)),
        (Line(OWN, "lead", people=(ANN,), dial_s=900), Load(live=64)),
    ],
    ids=["staff", "human", "fallback", "busy"],
)
def test_a_conversation_lasts_as_long_as_the_line_lets_it(line: Line, load: Load) -> None:
    async def scene(twilio: Service) -> None:
        assert one((await twilio.post("/twilio/voice", call_form())).text, "Dial").get("timeLimit") == "900"

    talk(FakeDesk({OWN: line}, busy=load), scene)


# ---- staff first ---------------------------------------------------------------------------------------------------


def staff_desk(*, press_one: bool = True) -> FakeDesk:
    return FakeDesk({OWN: Line(OWN, "lead", staff=(ANN,), people=(ON_CALL,), press_one=press_one)})


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled", "completed"])
def test_staff_who_do_not_take_the_call_leave_it_to_the_agent(status: str) -> None:
    desk = staff_desk()

    async def scene(twilio: Service) -> None:
        assert one((await twilio.post("/twilio/voice", call_form())).text, "Dial/Number").text == ANN
        agent_token(await twilio.post("/twilio/after-staff", call_form(DialCallStatus=status)))

    talk(desk, scene)


def test_staff_who_press_1_keep_the_caller() -> None:
    async def scene(twilio: Service) -> None:
        staff = {"CallSid": "CAstaff", "AccountSid": "AC1", "From": OWN, "To": ANN}
        whisper = await twilio.post("/twilio/staff/CA1/whisper", staff)
        assert one(whisper.text, "Gather").get("action") == f"{BASE}/twilio/staff/CA1/accept"
        assert verbs((await twilio.post("/twilio/staff/CA1/accept", staff | {"Digits": "2"})).text) == ["Hangup"]
        assert verbs((await twilio.post("/twilio/staff/CA1/accept", staff | {"Digits": "1"})).text) == []
        after = await twilio.post("/twilio/after-staff", call_form(DialCallStatus="completed", DialBridged="true"))
        assert verbs(after.text) == ["Hangup"]

    talk(staff_desk(), scene)


def test_point_29_the_key_of_staff_is_not_that_of_whoever_is_on_call() -> None:
    desk = staff_desk()
    desk.keyed.add(("CA1", "staff"))

    async def scene(twilio: Service) -> None:
        mailbox = await twilio.post("/twilio/after-people", call_form(DialCallStatus="completed"))
        assert "Record" in verbs(mailbox.text)

    talk(desk, scene)


def test_a_caller_is_challenged_once_and_staff_are_rung_once() -> None:
    desk = staff_desk()
    desk.recent = 20

    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post("/twilio/voice", call_form())).text)[0] == "Gather"
        rung = await twilio.post("/twilio/challenge", call_form(Digits=challenge_key("CA1")))
        assert one(rung.text, "Dial/Number").text == ANN
        agent_token(await twilio.post("/twilio/after-staff", call_form(DialCallStatus="no-answer")))

    talk(desk, scene)
    assert desk.noted("recent_calls") == [(CALLER,)]


def test_without_the_key_an_answer_is_an_answer() -> None:
    async def scene(twilio: Service) -> None:
        after = await twilio.post("/twilio/after-staff", call_form(DialCallStatus="completed"))
        assert verbs(after.text) == ["Hangup"]

    talk(staff_desk(press_one=False), scene)


# ---- after the stream ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", [Phase.FINISHED, Phase.TRANSFERRING])
def test_point_24_a_normal_end_hangs_up_without_a_silent_tail(phase: Phase) -> None:
    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post("/twilio/after-stream", call_form())).text) == ["Hangup"]

    talk(FakeDesk(phase=phase), scene)


@pytest.mark.parametrize("phase", [Phase.CRASHED, Phase.UNKNOWN, Phase.LIVE])
def test_point_24_a_broken_stream_is_taken_up_twice_then_somebody_is_rung(phase: Phase) -> None:
    desk = FakeDesk(phase=phase)

    async def scene(twilio: Service) -> None:
        path = "/twilio/after-stream"
        for again in (1, 2):
            reply = await twilio.post(path, call_form())
            agent_token(reply)
            assert one(reply.text, "Connect").get("action") == f"{BASE}/twilio/after-stream?again={again}"
            path = (one(reply.text, "Connect").get("action") or "").removeprefix(BASE)
        last = await twilio.post(path, call_form())
        assert verbs(last.text) == ["Say", "Dial"]
        assert one(last.text, "Dial/Number").text == ON_CALL

    talk(desk, scene)


def test_point_25_the_same_request_again_is_no_further_try() -> None:
    desk = FakeDesk(phase=Phase.CRASHED)

    async def scene(twilio: Service) -> None:
        replies = [
            await twilio.post("/twilio/after-stream", call_form(), I_Twilio_Idempotency_Token="t") for _ in range(3)
        ]
        assert len({reply.text for reply in replies}) == 1

    talk(desk, scene)
    assert len(desk.noted("open_ticket")) == 1


def test_point_37_a_stopping_server_takes_up_no_stream() -> None:
    async def scene(twilio: Service) -> None:
        assert verbs((await twilio.post("/twilio/after-stream", call_form())).text) == ["Say", "Dial"]

    talk(FakeDesk(phase=Phase.CRASHED, busy=Load(draining=True)), scene)


@pytest.mark.parametrize("status", ["no-answer", "busy", "failed", "canceled", "completed"])
def test_point_29_without_the_key_of_somebody_on_call_a_message_is_taken(status: str) -> None:
    async def scene(twilio: Service) -> None:
        text = (await twilio.post("/twilio/voice", call_form())).text
        whisper = (one(text, "Dial/Number").get("url") or "").removeprefix(BASE)
        leg = {"CallSid": "CAperson", "AccountSid": "AC1", "From": OWN, "To": ON_CALL}
        asked = await twilio.post(whisper, leg)
        accept = (one(asked.text, "Gather").get("action") or "").removeprefix(BASE)
        assert verbs((await twilio.post(accept, leg | {"Digits": "7"})).text) == ["Hangup"]
        missed = await twilio.post("/twilio/after-people", call_form(DialCallStatus=status))
        assert verbs(missed.text) == ["Say", "Record", "Say", "Hangup"]

    talk(FakeDesk(busy=Load(draining=True)), scene)


@pytest.mark.parametrize(
    ("bridged", "expected"), [("true", ["Hangup"]), ("", ["Hangup"]), ("false", ["Say", "Record", "Say", "Hangup"])]
)
def test_point_29_somebody_on_call_who_presses_1_keeps_the_caller(bridged: str, expected: list[str]) -> None:
    async def scene(twilio: Service) -> None:
        leg = {"CallSid": "CAperson", "AccountSid": "AC1", "From": OWN, "To": ON_CALL, "Digits": "1"}
        assert verbs((await twilio.post("/twilio/people/CA1/accept", leg)).text) == []
        form = call_form(DialCallStatus="completed", DialBridged=bridged)
        assert verbs((await twilio.post("/twilio/after-people", form)).text) == expected

    talk(FakeDesk(), scene)


# ---- callbacks -----------------------------------------------------------------------------------------------------


def test_point_26_a_terminal_status_closes_the_call_once() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        for status in ("completed", "ringing", "completed", "in-progress", "completed"):
            reply = await twilio.post("/twilio/call-status", call_form(CallStatus=status, SequenceNumber="0"))
            assert (reply.status, reply.text) == (204, "")

    talk(desk, scene)
    assert desk.noted("call_ended") == [("CA1", "completed")]


@pytest.mark.parametrize("status", ["completed", "busy", "failed", "no-answer", "canceled"])
def test_point_26_every_terminal_status_counts(status: str) -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        assert (await twilio.post("/twilio/call-status", call_form(CallStatus=status))).status == 204

    talk(desk, scene)
    assert desk.noted("call_ended") == [("CA1", status)]


def test_point_25_a_callback_that_failed_is_taken_again() -> None:
    desk = FakeDesk(breaks="call_ended")

    async def scene(twilio: Service) -> None:
        form = call_form(CallStatus="completed")
        assert (await twilio.post("/twilio/call-status", form)).status == 500
        desk.breaks = ""
        assert (await twilio.post("/twilio/call-status", form)).status == 204

    talk(desk, scene)
    assert desk.noted("call_ended") == [("CA1", "completed")]


def test_stream_statuses_are_noted() -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        form = call_form(StreamSid="MZ1", StreamEvent="stream-error", StreamError="31920\n handshake " + "x" * 500)
        assert (await twilio.post("/twilio/stream-status", form)).status == 204

    talk(desk, scene)
    [(note,)] = desk.noted("note_stream")
    assert isinstance(note, StreamNote)
    assert (note.stream, note.event, note.error) == ("MZ1", "stream-error", "31920 handshake")


@pytest.mark.parametrize(
    ("status", "seconds", "expected"),
    [("completed", "62", 62), ("absent", "", 0), ("in-progress", "-1", 0), ("completed", "12345678901", 0)],
)
def test_recordings_are_noted_once_each_status(status: str, seconds: str, expected: int) -> None:
    desk = FakeDesk()
    form = call_form(
        RecordingSid="RE1",
        RecordingStatus=status,
        RecordingUrl="https://api.example.com/RE1",
        RecordingDuration=seconds,
        RecordingChannels="2",
        RecordingSource="StartCallRecordingAPI",
    )

    async def scene(twilio: Service) -> None:
        for _ in range(2):
            assert (await twilio.post("/twilio/recording", form)).status == 204

    talk(desk, scene)
    assert desk.noted("note_recording") == [
        (RecordingNote("CA1", "RE1", status, "https://api.example.com/RE1", expected, 2, "StartCallRecordingAPI"),)
    ]


def test_a_message_is_noted_and_thanked_for() -> None:
    desk = FakeDesk()
    form = call_form(RecordingSid="RE1", RecordingUrl="https://api.example.com/RE1", RecordingDuration="9", Digits="#")

    async def scene(twilio: Service) -> None:
        reply = await twilio.post("/twilio/voicemail", form)
        assert verbs(reply.text) == ["Say", "Hangup"]
        assert "message has been taken" in said(reply.text)

    talk(desk, scene)
    assert desk.noted("note_voicemail") == [
        (VoicemailNote("CA1", OWN, CALLER, "RE1", "https://api.example.com/RE1", 9),)
    ]


@pytest.mark.parametrize(
    ("body", "stops", "starts"),
    [
        ("STOP", 1, 0),
        (" stop. ", 1, 0),
        ("StopAll", 1, 0),
        ("UNSUBSCRIBE", 1, 0),
        ("quit", 1, 0),
        ("START", 0, 1),
        ("unstop", 0, 1),
        ("please don't stop by", 0, 0),
        ("", 0, 0),
        ("<Say>stop</Say>", 0, 0),
    ],
)
def test_point_36_stop_words_are_noted(body: str, stops: int, starts: int) -> None:
    desk = FakeDesk()

    async def scene(twilio: Service) -> None:
        reply = await twilio.post("/twilio/sms", {"MessageSid": "SM1", "From": CALLER, "To": OWN, "Body": body})
        assert (reply.status, reply.kind) == (200, "text/xml")
        assert verbs(reply.text) == []

    talk(desk, scene)
    assert desk.noted("note_stop_word") == [(CALLER,)] * stops
    assert desk.noted("note_start_word") == [(CALLER,)] * starts
