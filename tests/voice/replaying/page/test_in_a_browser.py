"""The page in a real browser: what is drawn, heard and filtered once its script has run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sop import load
from tests.voice.replaying.page.browser import Browser, chromium
from tests.voice.replaying.page.documents import PARTS, call, everywhere, quiet, spoken, whole, wrong
from tests.voice.replaying.page.test_page import EVIL, FLOW
from voice.replaying.page.page import Material, page
from voice.replaying.result import CallResult, Timings, TurnTiming, Versus, failed


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def material() -> Material:
    return Material(spoken(), FLOW, ((0.5, "u0:1600"), (1.0, "u0:3200")), (12.0, 12.4))


def opened(
    browser: Browser, path: Path, calls: Sequence[CallResult], material: Material, fragment: str = "", width: int = 1200
) -> None:
    file = path / "page.html"
    file.write_text(page(whole(*calls), calls, lambda _: material), encoding="utf-8")
    browser.complaints.clear()
    browser.wanted.clear()
    browser.open(file, fragment, width=width)


def no_complaint(browser: Browser) -> None:
    assert browser.evaluate("document.documentElement.dataset.errors || ''") == ""
    assert browser.complaints == []
    assert [address for address in browser.wanted if not address.startswith(("file:", "blob:", "data:"))] == []


def test_a_call_is_drawn(browser: Browser, material: Material, tmp_path: Path) -> None:
    opened(browser, tmp_path, [call()], material)
    assert browser.evaluate("document.documentElement.dataset.turns") == "5"
    assert browser.evaluate("document.querySelectorAll('.span.caller').length") == 2
    assert browser.evaluate("document.querySelectorAll('.span.agent').length") == 5
    assert browser.evaluate("document.querySelectorAll('.pressed').length") == 2
    assert browser.evaluate("document.querySelectorAll('.barge').length") == 1
    columns = int(browser.evaluate("document.querySelector('canvas').dataset.columns"))
    wide = int(browser.evaluate("document.querySelector('canvas').clientWidth"))
    assert columns / wide == pytest.approx(2.7 / 16.0, abs=0.01)
    no_complaint(browser)


def test_a_click_on_a_turn_plays_it_and_no_more(browser: Browser, material: Material, tmp_path: Path) -> None:
    opened(browser, tmp_path, [call()], material)
    browser.evaluate("document.querySelector('#call-1-turn-3 .words').click()")
    browser.until("!document.querySelector('audio').paused")
    browser.until("document.querySelector('audio').paused")
    assert browser.evaluate("document.querySelector('audio').currentTime") == pytest.approx(15.0, abs=0.4)
    assert browser.evaluate("document.querySelector('.turn.on').id") == "call-1-turn-3"
    assert browser.evaluate("document.querySelector('audio').duration") == pytest.approx(16.0, abs=0.1)
    no_complaint(browser)


def test_the_keyboard_seeks_and_zooms(browser: Browser, material: Material, tmp_path: Path) -> None:
    opened(browser, tmp_path, [call()], material)

    def press(key: str) -> None:
        browser.evaluate(
            "document.querySelector('.scroll').dispatchEvent("
            f"new KeyboardEvent('keydown', {{key: {json.dumps(key)}, cancelable: true}}))"
        )

    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "PageDown"):
        press(key)
    assert browser.evaluate("document.querySelector('.scroll').getAttribute('aria-valuetext')") == "0:11.0"
    assert browser.evaluate("document.querySelector('.now').textContent") == "0:11.0"
    before = browser.evaluate("document.querySelector('.wide').clientWidth")
    press("+")
    assert browser.evaluate("document.querySelector('.wide').clientWidth") == pytest.approx(1.6 * before, rel=0.01)
    assert browser.evaluate("document.querySelector('.player').classList.contains('close')")
    press("Home")
    assert browser.evaluate("document.querySelector('.cursor').style.left") == "0%"
    no_complaint(browser)


def test_a_click_on_the_waveform_seeks(browser: Browser, material: Material, tmp_path: Path) -> None:
    opened(browser, tmp_path, [call()], material)
    browser.evaluate(
        "(() => { const box = document.querySelector('.wide'), frame = box.getBoundingClientRect();"
        "box.dispatchEvent(new MouseEvent('click', {clientX: frame.left + frame.width / 2, bubbles: true})); })()"
    )
    assert browser.evaluate("document.querySelector('.now').textContent") == "0:08.0"
    browser.until("Math.abs(document.querySelector('audio').currentTime - 8) < 0.1")
    no_complaint(browser)


def shown(browser: Browser) -> list[str]:
    """The names of the calls in the table."""
    script = "[...document.querySelectorAll('.calls tbody tr')].filter((row) => row.offsetParent).map((row) => "
    found: list[str] = browser.evaluate(script + "row.querySelector('a').textContent)")
    return found


def test_a_folder_is_filtered_and_its_calls_open(browser: Browser, material: Material, tmp_path: Path) -> None:
    calls = [quiet("fine"), call("changed"), wrong("broken"), quiet("other", outcome="hung_up")]
    opened(browser, tmp_path, calls, material)
    assert shown(browser) == ["broken", "changed", "fine", "other"]
    assert browser.evaluate("[...document.querySelectorAll('.call')].filter((one) => one.offsetParent).length") == 0
    browser.evaluate("document.querySelector('button[data-verdict=same]').click()")
    assert shown(browser) == ["fine", "other"]
    assert browser.evaluate("document.querySelector('#shown').textContent") == "2 of 4"
    browser.evaluate(
        "(() => { const find = document.querySelector('#find'); find.value = 'HUNG';"
        "find.dispatchEvent(new Event('input')); })()"
    )
    assert shown(browser) == ["other"]
    browser.evaluate("document.querySelector('.calls tbody tr:not([hidden]) td').click()")
    browser.until("document.body.classList.contains('call-open')")
    assert shown(browser) == []
    assert browser.evaluate("document.querySelector('.call.open h2').textContent.trim()") == "other same"
    assert int(browser.evaluate("document.querySelector('.call.open canvas').dataset.columns")) > 150
    browser.evaluate("document.querySelector('.call.open nav a').click()")
    browser.until("!document.body.classList.contains('call-open')")
    assert shown(browser) == ["other"]
    no_complaint(browser)


def column(browser: Browser, name: str) -> list[str]:
    """The names of the calls once a column's head was clicked."""
    script = "[...document.querySelectorAll('.calls thead button')].find((one) => one.textContent === %s).click()"
    browser.evaluate(script % json.dumps(name))
    return shown(browser)


def waited(gap_ms: int) -> Timings:
    return Timings(turns=(TurnTiming(1, gap_ms, {"endpoint": 260.0}),))


def test_a_click_on_a_head_sorts_and_what_has_no_value_stays_below(
    browser: Browser, material: Material, tmp_path: Path
) -> None:
    lost = failed("lost", "journal", "audio", "lost.wav is gone")
    calls = [quiet("b", timings=waited(900)), quiet("c", timings=waited(10_000)), call("a", timings=waited(80)), lost]
    opened(browser, tmp_path, calls, material)
    assert shown(browser) == ["lost", "a", "b", "c"]
    assert column(browser, "Slowest") == ["c", "b", "a", "lost"]
    assert column(browser, "Slowest") == ["a", "b", "c", "lost"]
    assert column(browser, "Call") == ["a", "b", "c", "lost"]
    assert column(browser, "Call") == ["lost", "c", "b", "a"]
    assert browser.evaluate("document.querySelector('.calls thead [aria-sort]').textContent") == "Call"
    assert column(browser, "Verdict") == ["lost", "a", "b", "c"]
    no_complaint(browser)


def test_the_next_call_is_the_next_in_the_table_as_it_stands(
    browser: Browser, material: Material, tmp_path: Path
) -> None:
    calls = [quiet("a", timings=waited(90)), call("b", timings=waited(80)), quiet("c", timings=waited(900))]
    opened(browser, tmp_path, calls, material)
    browser.evaluate("document.querySelector('button[data-verdict=same]').click()")
    assert column(browser, "Slowest") == ["c", "a"]
    browser.evaluate("document.querySelector('.calls tbody tr:not([hidden]) a').click()")
    browser.until("document.body.classList.contains('call-open')")
    assert browser.evaluate("document.querySelector('.call.open nav span').textContent") == "a ›"
    browser.evaluate("document.querySelector('.call.open nav a[rel=next]').click()")
    browser.until("document.querySelector('.call.open h2').textContent.trim() === 'a same'")
    assert browser.evaluate("document.querySelector('.call.open nav span').textContent") == "‹ c"
    no_complaint(browser)


def test_every_box_of_a_picture_is_seen(browser: Browser, tmp_path: Path) -> None:
    path = ("disclosure", "consent", "verify_identity", "verify.who")
    material = Material(None, load("loan_application"))
    opened(browser, tmp_path, [quiet("a", path=path), quiet("b")], material, "#call-1")
    seen = "[...document.querySelectorAll('.call.open .chart .step')].map((one) => one.getBoundingClientRect().width)"
    widths = browser.evaluate(seen)[:4]
    assert len(widths) == 4
    assert min(widths) > 40
    no_complaint(browser)


def test_a_call_that_could_not_be_run_opens(browser: Browser, material: Material, tmp_path: Path) -> None:
    calls = [quiet("a"), failed("lost", "journal", "audio", "lost.wav is gone")]
    opened(browser, tmp_path, calls, material, "#call-1")
    assert "lost.wav is gone" in browser.evaluate("document.querySelector('.call.open').innerText")
    no_complaint(browser)


def test_an_address_leads_to_a_turn(browser: Browser, material: Material, tmp_path: Path) -> None:
    opened(browser, tmp_path, [call("a"), quiet("b")], material, "#call-2-turn-2")
    assert browser.evaluate("document.querySelector('.call.open').id") == "call-2"
    top = browser.evaluate("document.querySelector('#call-2-turn-2').getBoundingClientRect().top")
    player = browser.evaluate("document.querySelector('#call-2 .listen').getBoundingClientRect().bottom")
    assert top >= player - 1
    no_complaint(browser)


@pytest.mark.parametrize("fragment", ["", "#call-1"])
def test_nothing_is_wider_than_nine_hundred_pixels(
    browser: Browser, material: Material, tmp_path: Path, fragment: str
) -> None:
    calls = [wrong("a" * 80, last=Versus("better", (PARTS,))), quiet("b")]
    opened(browser, tmp_path, calls, material, fragment, width=900)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 900
    no_complaint(browser)


def test_what_a_caller_said_is_never_run(browser: Browser, tmp_path: Path) -> None:
    evil = replace(everywhere(wrong(), EVIL), failed="")
    opened(browser, tmp_path, [evil], Material(None, FLOW, ((1.0, EVIL),)))
    assert browser.evaluate("document.querySelectorAll('img, script').length") == 1
    assert browser.evaluate("document.querySelector('.turn .words').textContent").startswith("</script><script>")
    no_complaint(browser)
