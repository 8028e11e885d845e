"""A caller's profile before the greeting: what a CRM says in time, and what our own calls know. Real HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from voice.profile import LARGEST, History, Profile, Profiles, ProfileSettings

CALLER = "+14155550123"
SECRET = "crm-secret"
HISTORY = History(2, "2026-11-20T09:00:00-08:00", "booked", "ann")
OURS = {
    "calls_before": "2",
    "last_call": "2026-11-20T09:00:00-08:00",
    "last_outcome": "booked",
    "name": "ann",
}
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Work = Callable[[Profiles], Awaitable[Any]]


def with_crm(
    answer: Answer, work: Work, clock: Callable[[], float] | None = None, **changes: Any
) -> tuple[Any, list[web.Request]]:
    """(what `work` returns, the requests that the CRM got)."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return await answer(request)

    async def run() -> Any:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/caller?tenant=7"
        settings = replace(ProfileSettings(url, SECRET), **changes)
        profiles = Profiles(settings, clock) if clock is not None else Profiles(settings)
        try:
            return await work(profiles)
        finally:
            await profiles.close()
            await runner.cleanup()

    return asyncio.run(run()), asked


def saying(value: object, status: int = 200) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return web.Response(status=status, body=body, content_type="application/json")

    return answer


async def hanging(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def dripping(request: web.Request) -> web.StreamResponse:
    """Answers at once, and comes to no end."""
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b'{"name": ')
    await asyncio.Event().wait()
    return response


def ask(answer: Answer, history: History | None = HISTORY, **changes: Any) -> Profile:
    found, _ = with_crm(answer, lambda profiles: profiles.of(CALLER, history), **changes)
    assert isinstance(found, Profile)
    return found


def test_the_crm_is_asked_by_number_with_its_secret() -> None:
    _, (asked,) = with_crm(saying({}), lambda profiles: profiles.of(CALLER))
    assert (asked.method, asked.path) == ("GET", "/caller")
    assert asked.rel_url.raw_query_string == "tenant=7&number=%2B14155550123"
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"


def test_what_the_crm_and_our_calls_know_is_one_profile() -> None:
    found = ask(saying({"name": "Ann Smith", "vip": True, "plan": "gold", "machines": 2, "calls_before": 900}))
    assert found.fields == OURS | {"name": "Ann Smith", "vip": "yes", "plan": "gold", "machines": "2"}
    assert found.why == ""
    assert found.took_ms > 0


def test_whom_the_crm_does_not_know_our_calls_may() -> None:
    unknown = ask(saying(b"", 404))
    assert (unknown.fields, unknown.why) == (OURS, "")
    assert ask(saying({})).fields == OURS
    assert ask(saying({"vip": False}), None).fields == {"vip": "no"}


def test_without_a_crm_nobody_is_asked() -> None:
    found, asked = with_crm(saying({}), lambda profiles: profiles.of(CALLER, HISTORY), url="")
    assert (found.fields, found.why, asked) == (OURS, "", [])


@pytest.mark.parametrize("number", [None, "", "anonymous", "Restricted", "+1", "14155550123", "+1415555012٣"])
def test_point_36_who_withholds_their_number_has_no_profile(number: str | None) -> None:
    found, asked = with_crm(saying({"name": "Ann"}), lambda profiles: profiles.of(number, HISTORY))
    assert (found.fields, found.why, asked) == ({}, "withheld", [])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (saying({"name": "Ann"}, 503), "status 503"),
        (saying({"name": "Ann"}, 302), "status 302"),
        (saying({"name": "Ann"}, 401), "status 401"),
        (saying(b"<html>"), "nonsense"),
        (saying(b'{"name": "\xff"}'), "nonsense"),
        (saying(["Ann"]), "nonsense"),
        (saying(b"[" * 9000), "nonsense"),
        (saying({"name": "A" * LARGEST}), "too large"),
    ],
)
def test_what_can_not_be_used_is_left_out_with_a_reason(answer: Answer, why: str) -> None:
    found = ask(answer)
    assert (found.fields, found.why) == (OURS, why)


@pytest.mark.parametrize("answer", [hanging, dripping])
def test_the_greeting_waits_no_longer_than_the_limit(answer: Answer) -> None:
    found = ask(answer, limit_s=0.2)
    assert (found.fields, found.why) == (OURS, "slow")
    assert 190 <= found.took_ms < 690


def test_nobody_at_the_crm_is_no_error() -> None:
    found = ask(saying({}), url="http://127.0.0.1:1/")
    assert (found.fields, found.why) == (OURS, "unreachable")
    assert ask(saying({}), url="not a url").why == "unreachable"


def test_texts_are_on_one_line_and_bounded_and_odd_fields_left_out() -> None:
    said = {
        "name": "Ann\r\nSmith\u0000 ",
        "note": "x" * 900,
        "nested": {"a": 1},
        "list": [1],
        "none": None,
        "empty": "",
        "9lives": "no",
        "with space": "no",
        "größe": "no",
    }
    assert ask(saying(said), None).fields == {"name": "Ann Smith", "note": "x" * 300}
    many = {f"key{n}": "v" for n in range(200)}
    assert len(ask(saying(many), None).fields) == 50


def test_a_crm_that_fails_three_times_is_left_alone_for_half_a_minute() -> None:
    now = [100.0]
    answers = {"good": False}

    async def answer(request: web.Request) -> web.StreamResponse:
        return await saying({"vip": True}, 200 if answers["good"] else 500)(request)

    async def work(profiles: Profiles) -> list[str]:
        why = [(await profiles.of(CALLER)).why for _ in range(4)]
        now[0] += 29.9
        why.append((await profiles.of(CALLER)).why)
        now[0] += 0.1
        why.append((await profiles.of(CALLER)).why)  # one question, and rest again
        why.append((await profiles.of(CALLER)).why)
        now[0] += 30
        answers["good"] = True
        why += [(await profiles.of(CALLER)).why for _ in range(2)]
        assert profiles.counts == {"status 500": 4, "resting": 3, "ok": 2}
        return why

    why, asked = with_crm(answer, work, lambda: now[0])
    failed = "status 500"
    assert why == [failed, failed, failed, "resting", "resting", failed, "resting", "", ""]
    assert len(asked) == 6


def test_failures_that_are_not_in_a_row_are_forgotten() -> None:
    statuses = iter([500, 500, 200, 500, 500, 404, 500, 500])

    async def answer(request: web.Request) -> web.StreamResponse:
        return await saying({}, next(statuses))(request)

    async def work(profiles: Profiles) -> None:
        for _ in range(8):
            await profiles.of(CALLER)

    assert len(with_crm(answer, work)[1]) == 8


def test_after_a_rest_only_one_call_tries_the_crm() -> None:
    now = [0.0]

    async def work(profiles: Profiles) -> list[str]:
        for _ in range(3):
            await profiles.of(CALLER)
        now[0] = 31
        return sorted(found.why for found in await asyncio.gather(*(profiles.of(CALLER) for _ in range(5))))

    why, asked = with_crm(saying({}, 500), work, lambda: now[0])
    assert why == ["resting"] * 4 + ["status 500"]
    assert len(asked) == 4


def test_the_log_and_the_settings_show_no_secret_and_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    ask(saying({"name": "Ann"}, 500))
    said = capsys.readouterr()
    assert "no profile from the CRM" in said.out + said.err
    assert not any(word in said.out + said.err for word in (SECRET, CALLER, "Ann", "4155550123"))
    assert SECRET not in repr(ProfileSettings("https://crm.example.com", SECRET))
