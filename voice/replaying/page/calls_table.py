"""Every call of a run in one table, the worst first, with what filters it."""

from collections import Counter
from collections.abc import Sequence

from voice.replaying.judging import taken_for_sure
from voice.replaying.page.comparison import gravest, gravity, what
from voice.replaying.page.faults import fault_line, faults_of
from voice.replaying.page.markup import percent, safe, shown, step_name
from voice.replaying.page.standing import STANDINGS, badge, kind, standing
from voice.replaying.page.word_marks import core
from voice.replaying.result import CallResult, Difference

_HEADS = ("Verdict", "Call", "Outcome", "What is wrong or other")
_NUMBERS = ("Turns", "WER", "Slowest")


def worst_first(calls: Sequence[CallResult]) -> list[CallResult]:
    """By how they stand, then by wrong values taken as confirmed, faults, the gravest difference and how many there
    are; else in their order."""

    def badness(call: CallResult) -> tuple[int, int, int, int, int]:
        sure, most = len(taken_for_sure(call.faults)), gravest(call.differences)
        grave = 0 if most is None else gravity(most)
        return STANDINGS.index(standing(call)), -sure, -len(call.faults), grave, -len(call.differences)

    return sorted(calls, key=badness)


def calls_table(calls: Sequence[CallResult]) -> str:
    """The table; row N leads to the section `call-N`. A cell's `data-sort` is what a column is sorted by."""
    heads = "".join(
        f'<th scope="col"{" class=n" if name in _NUMBERS else ""}{" aria-sort=ascending" if not place else ""}>'
        f'<button type="button" data-column="{place}">{name}</button></th>'
        for place, name in enumerate((*_HEADS, *_NUMBERS))
    )
    mixed = len({call.kind for call in calls}) > 1
    rows = "\n".join(_row(number, call, mixed=mixed) for number, call in enumerate(calls, 1))
    return f"""<section aria-labelledby="calls"><h2 id="calls">Calls <small id="shown" aria-live="polite"></small></h2>
{_filters(calls)}
<table class="calls"><thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table><p class="none" hidden>No call matches.</p></section>"""


def _filters(calls: Sequence[CallResult]) -> str:
    counts = Counter(map(standing, calls))
    buttons = "".join(
        f'<button type="button" aria-pressed="false" data-verdict="{kind(name)}" class="{kind(name)}">{name} '
        f"<b>{counts[name]}</b></button>"
        for name in STANDINGS
        if counts[name]
    )
    return f"""<div class="filters" role="group" aria-label="Filter">{buttons}
<label>Find <input type="search" id="find" placeholder="name, outcome, fault, words…" autocomplete="off"
spellcheck="false"></label></div>"""


def _row(number: int, call: CallResult, *, mixed: bool) -> str:
    """`mixed`: there are calls of several kinds."""
    name = standing(call)
    words = safe(" ".join(_words(call)).lower())
    sort = f" <small>{safe(call.kind)}</small>" if mixed else ""
    outcome = "" if call.failed else call.outcome or "none"
    return (
        f'<tr data-verdict="{kind(name)}" data-words="{words}">'
        f'<td data-sort="{STANDINGS.index(name) * 1000 + number}">{badge(name)}</td>'
        f'<th scope="row" data-sort="{safe(call.call)}"><a href="#call-{number}">{safe(call.call)}</a>{sort}</th>'
        f'<td data-sort="{safe(outcome)}">{step_name(outcome)}</td>'
        f'<td class="first" data-sort="{_things(call) or ""}">{_first(call)}</td>'
        f"{_numbers(call)}</tr>"
    )


def _things(call: CallResult) -> int:
    return len(faults_of(call)) + len(call.differences)


def _numbers(call: CallResult) -> str:
    wer = call.wer.errors / call.wer.words if call.wer is not None and call.wer.words else None
    slowest = max((one.gap_ms for one in call.timings.turns if one.gap_ms is not None), default=None)
    late = call.timings.budget_ms is not None and slowest is not None and slowest > call.timings.budget_ms
    cells = (
        ("", len(call.turns) or "", str(len(call.turns) or "–")),
        ("", "" if wer is None else f"{wer:.4f}", "–" if wer is None else percent(wer)),
        (" late" if late else "", "" if slowest is None else slowest, "–" if slowest is None else _wait(slowest)),
    )
    return "".join(f'<td class="n{look}" data-sort="{value}">{text}</td>' for look, value, text in cells)


def _wait(ms: int) -> str:
    return f"{ms} ms" if ms < 10_000 else f"{ms / 1000:.1f} s"


def _words(call: CallResult) -> list[str]:
    """What the text filter looks in."""
    about = [call.call, call.kind, call.outcome or "", call.flow, call.failed]
    return [*about, *call.faults, *call.timings.faults, *call.notes, *(turn.heard for turn in call.turns)]


def _first(call: CallResult) -> str:
    """What is wrong with a call, else in what it differs, else what was odd about it; and how many things more."""
    if call.failed:
        return f'<div><span class="fault" title="{safe(call.failed)}">{safe(call.failed)}</span></div>'
    faults = faults_of(call)
    if call.faults or (faults and call.parts_at is None):
        title = safe(" · ".join(fault.sentence for fault in faults))
        return (
            f'<div><span class="fault" title="{title}">{safe(fault_line(faults[0]))}</span>{_more(len(faults))}</div>'
        )
    if (most := gravest(call.differences)) is not None:
        return _difference(most, len(call.differences))
    last = call.last.differences if call.last is not None and call.against != "last" else ()
    if (most := gravest(last)) is not None:
        return f'<div class="quiet">{_difference(most, len(last), "beside the last run: ")}</div>'
    note = next(iter(call.notes), "")
    return f'<div class="quiet"><span title="{safe(note)}">{safe(note)}</span></div>' if note else ""


def _more(several: int) -> str:
    return f'<span class="more">+{several - 1}</span>' if several > 1 else ""


def _difference(one: Difference, several: int, before: str = "") -> str:
    turn = f"turn {one.turn}, " if one.turn >= 0 else ""
    was, now = shown(one.was), shown(one.now)
    old, new = core(was, now)
    return (
        f'<div><span class="what">{before}{turn}{safe(what(one))}</span>{_more(several)}</div>'
        f'<div><del title="{safe(was)}">{safe(old)}</del><span class="to" role="img" aria-label="became">→</span>'
        f'<ins title="{safe(now)}">{safe(new)}</ins></div>'
    )
