"""Verbs that concern one leg, and recordings."""

import asyncio
import io
import time
import wave
from collections.abc import Mapping

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from tests.voice.double.office import BASE, CALLER, OURS, Office, client, loudness, opened, response, run, rung, until
from voice.audio import encode, is_audible
from voice.double import Talker, Twilio
from voice.double.tones import tone
from voice.scenario import wav_of_mulaw


def sound(body: bytes, content_type: str = "audio/wav") -> web.Response:
    return web.Response(body=body, content_type=content_type)


def test_say_and_pause_take_their_time_on_the_line() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            # 5 words at 150 a minute are 2 s.
            office.pages["/voice"] = response("<Say>one two three four five</Say>", '<Pause length="3"/>')
            leg = await rung(twilio)
            assert leg.said_to_it == ["one two three four five"] and leg.verbs == ["Say", "Pause"]
            assert 5.0 <= len(leg.heard) / 8000 <= 5.5
            assert len(leg.said) == len(leg.heard)
            assert int(office.at("/status")[0]["CallDuration"]) in {5, 6}

    run(work())


def test_speed_is_how_fast_its_time_goes() -> None:
    async def work() -> None:
        async with opened(speed=10) as (office, twilio):
            office.pages["/voice"] = response('<Pause length="4"/>')
            began = time.monotonic()
            await rung(twilio)
            assert 0.38 <= time.monotonic() - began <= 1.5

    run(work())


@pytest.mark.parametrize("coding", ["mulaw", "pcm"])
def test_a_file_is_fetched_and_played(coding: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            whole = tone(700, 1.0)
            if coding == "pcm":
                into = io.BytesIO()
                with wave.open(into, "wb") as file:
                    file.setnchannels(1)
                    file.setsampwidth(2)
                    file.setframerate(8000)
                    at = np.arange(8000) / 8000
                    file.writeframes((9830 * np.sin(2 * np.pi * 700 * at)).astype("<i2").tobytes())
                office.pages["/a.wav"] = sound(into.getvalue(), "audio/x-wav")
            else:
                office.pages["/a.wav"] = sound(wav_of_mulaw(whole))
            office.pages["/voice"] = response("<Play>/a.wav</Play>", "<Hangup/>")
            leg = await rung(twilio)
            start = next(at for at in range(0, len(leg.heard), 160) if is_audible(leg.heard[at : at + 160]))
            assert loudness(leg.heard[start : start + 8000], 700) == pytest.approx(0.3, abs=0.02)
            assert not is_audible(leg.heard[start + 8000 :])
            assert office.seen[1].method == "GET" and twilio.violations == []

    run(work())


@pytest.mark.parametrize(
    ("page", "violation"),
    [
        (sound(wav_of_mulaw(tone(700, 1.0)), "text/plain"), "12300"),
        (sound(b"ID3 not a wav"), "not a WAV"),
        (web.Response(status=404), "11200"),
    ],
)
def test_a_file_that_cannot_be_played_is_passed_over(page: web.Response, violation: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages |= {"/voice": response("<Play>/a.wav</Play>", "<Say>Press one.</Say>"), "/a.wav": page}
            leg = await rung(twilio)
            assert leg.said_to_it == ["Press one."] and not is_audible(leg.heard)
            assert len(leg.violations) == 1 and violation in leg.violations[0]

    run(work())


GATHER = '<Gather numDigits="{n}" timeout="4" action="/keys" finishOnKey="{f}"><Say>{words}</Say></Gather>'


@pytest.mark.parametrize(
    ("most", "finish", "keys", "digits"),
    [
        ("1", "#", [(1.0, "1")], "1"),
        ("3", "#", [(1.0, "4"), (1.3, "1"), (1.6, "5"), (1.9, "9")], "415"),
        ("9", "#", [(1.0, "4"), (1.5, "2"), (2.0, "#"), (2.2, "7")], "42"),
        ("9", "", [(1.0, "4"), (1.5, "#")], "4#"),
        ("9", "#", [(8.0, "7")], "7"),
        ("1", "#", [], None),
        ("1", "#", [(1.0, "#")], None),
        ("1", "#", [(30.0, "1")], None),
    ],
)
def test_gather_takes_keys(most: str, finish: str, keys: list[tuple[float, str]], digits: str | None) -> None:
    async def work() -> None:
        async with opened(speed=40) as (office, twilio):
            # 15 words: 6 s of prompt, then 4 s of patience.
            gather = GATHER.format(n=most, f=finish, words="word " * 15)
            office.pages |= {"/voice": response(gather, "<Say>No key.</Say>"), "/keys": response("<Hangup/>")}
            leg = await rung(twilio, Talker(keys=keys))
            if digits is None:
                assert office.at("/keys") == [] and leg.verbs == ["Gather", "Say", "Say"]
                assert len(leg.heard) > 5 * 8000 or keys
            else:
                assert [form["Digits"] for form in office.at("/keys")] == [digits]
                assert leg.verbs == ["Gather", "Say", "Hangup"]

    run(work())


def test_a_key_breaks_off_the_prompts() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/long.wav"] = sound(wav_of_mulaw(tone(700, 10.0)))
            office.pages["/voice"] = response(
                '<Gather numDigits="2" timeout="2" action="/keys"><Play>/long.wav</Play><Say>Never.</Say></Gather>'
            )
            office.pages["/keys"] = response("<Hangup/>")
            leg = await rung(twilio, Talker(keys=[(1.0, "1")]))
            assert leg.said_to_it == [] and 2.9 * 8000 <= len(leg.heard) <= 4.5 * 8000
            assert office.at("/keys")[0]["Digits"] == "1"

    run(work())


def test_gather_without_action_asks_the_same_document_again() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):

            def voice(form: Mapping[str, str]) -> str:
                return response("<Hangup/>") if "Digits" in form else response('<Gather numDigits="1"/>')

            office.pages["/voice"] = voice
            await rung(twilio, Talker(keys=[(0.5, "8")]))
            assert [form.get("Digits") for form in office.at("/voice")] == [None, "8"]

    run(work())


@pytest.mark.parametrize(("reason", "status"), [("", "no-answer"), ('reason="busy"', "busy")])
def test_a_rejected_call_is_never_answered(reason: str, status: str) -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(f"<Reject {reason}/>")
            leg = await rung(twilio)
            assert (leg.status, leg.heard, leg.verbs) == (status, b"", ["Reject"])
            assert not leg.answered.is_set() and office.at("/status")[0]["CallStatus"] == status

    run(work())


def test_documents_that_lead_round_in_a_circle_end() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response("<Redirect>/voice</Redirect>")
            leg = await rung(twilio)
            assert len(leg.documents) == 200 and "documents" in leg.violations[-1]

    run(work())


RECORD = (
    '<Record action="/message" timeout="3" maxLength="20" finishOnKey="#" recordingStatusCallback="/recorded" '
    'recordingStatusCallbackEvent="completed absent"/>'
)


async def fetched(twilio: Twilio, url: str, *, authorised: bool = True) -> tuple[int, bytes]:
    token = twilio.account.auth_token if authorised else "guess"
    headers = {"Authorization": aiohttp.encode_basic_auth(twilio.account.sid, token)}
    async with aiohttp.ClientSession() as session, session.get(f"{url}.wav", headers=headers) as answer:
        return answer.status, await answer.read()


def pages_for_record(office: Office) -> None:
    office.pages |= {
        "/voice": response(RECORD, "<Say>Nothing was said.</Say>"),
        "/message": response("<Hangup/>"),
        "/recorded": "",
    }


def test_record_keeps_what_the_caller_says_after_the_beep() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages_for_record(office)
            leg = await rung(twilio, Talker(tone(500, 2.0), 1.0))
            assert loudness(leg.heard[:4000], 1000) > 0.1
            (form,) = office.at("/message")
            (told,) = office.at("/recorded")
            assert form["RecordingSid"] == told["RecordingSid"] and told["RecordingStatus"] == "completed"
            # From the beep's end at 0.5 s to 3 s after the last word at 3 s.
            assert form["RecordingDuration"] in {"5", "6"} and told["RecordingChannels"] == "1"
            assert told["RecordingSource"] == "RecordVerb"
            status, body = await fetched(twilio, form["RecordingUrl"])
            with wave.open(io.BytesIO(body)) as file:
                assert (status, file.getnchannels(), file.getframerate()) == (200, 1, 8000)
                pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            assert loudness(encode(pcm[8000:16000].astype(np.int16)), 500) > 0.2
            assert (await fetched(twilio, form["RecordingUrl"], authorised=False))[0] == 401

    run(work())


def test_record_ends_with_a_key_or_the_hang_up_and_passes_silence_over() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            pages_for_record(office)
            await rung(twilio, Talker(tone(500, 9.0), 0.6, keys=[(2.0, "#")]))
            assert office.at("/message")[0]["Digits"] == "#"
            leg = await rung(twilio, Talker(tone(500, 9.0), 0.6, hangs_up_after_s=2.0))
            assert office.at("/message")[1]["Digits"] == "hangup" and leg.verbs == ["Record"]
            leg = await rung(twilio, Talker())
            assert len(office.at("/message")) == 2 and leg.said_to_it == ["Nothing was said."]
            statuses = [form["RecordingStatus"] for form in office.at("/recorded")]
            assert statuses == ["completed", "completed", "absent"]

    run(work())


def test_a_recording_by_rest_is_paused_resumed_stopped_and_has_two_channels() -> None:
    async def work() -> None:
        async with opened() as (office, twilio), client(twilio) as rest:
            office.pages |= {
                "/voice": response("<Play>/a.wav</Play>", '<Pause length="60"/>'),
                "/a.wav": sound(wav_of_mulaw(tone(700, 60.0))),
                "/recorded": "",
            }
            leg = await twilio.dial_in(Talker(tone(500, 60.0)), from_=CALLER, to=OURS)
            await until(lambda: leg.frames > 20)
            made = await asyncio.to_thread(
                lambda: rest.calls(leg.sid).recordings.create(
                    recording_channels="dual",
                    recording_status_callback=f"{BASE}/recorded",
                    recording_status_callback_event=["in-progress", "completed", "absent"],
                )
            )
            recording = twilio.recordings[made.sid]
            await until(lambda: recording.duration_s >= 2)
            change = rest.calls(leg.sid).recordings(made.sid).update
            paused = await asyncio.to_thread(lambda: change(status="paused", pause_behavior="skip"))
            assert paused.status == "paused"
            length, frames = len(recording.said), leg.frames
            await until(lambda: leg.frames > frames + 50)
            assert len(recording.said) == length
            await asyncio.to_thread(lambda: change(status="in-progress"))
            await until(lambda: len(recording.said) > length + 8000)
            stopped = await asyncio.to_thread(lambda: change(status="stopped"))
            assert stopped.status == "completed"
            await twilio.settled()
            told = office.at("/recorded")
            assert [form["RecordingStatus"] for form in told] == ["in-progress", "completed"]
            assert told[1]["RecordingChannels"] == "2"
            with wave.open(io.BytesIO((await fetched(twilio, told[1]["RecordingUrl"]))[1])) as file:
                assert file.getnchannels() == 2
                pcm = np.frombuffer(file.readframes(8000), "<i2").reshape(-1, 2)
            caller, agent = (encode(np.ascontiguousarray(pcm[:, n]).astype(np.int16)) for n in (0, 1))
            assert loudness(caller, 500) > 0.2 > loudness(caller, 700)
            assert loudness(agent, 700) > 0.2 > loudness(agent, 500)
            deleted = await asyncio.to_thread(rest.recordings(made.sid).delete)
            assert deleted and twilio.recordings == {} and twilio.violations == []

    run(work())


def test_a_recording_begun_by_the_document_ends_with_the_call() -> None:
    async def work() -> None:
        async with opened() as (office, twilio):
            office.pages["/voice"] = response(
                '<Start><Recording channels="mono" recordingStatusCallback="/recorded"/></Start>', '<Pause length="2"/>'
            )
            office.pages["/recorded"] = ""
            leg = await rung(twilio)
            (told,) = office.at("/recorded")
            assert (told["CallSid"], told["RecordingStatus"], told["RecordingChannels"]) == (leg.sid, "completed", "1")
            assert told["RecordingDuration"] in {"2", "3"}

    run(work())
