"""Every call of a run in one table, the worst first, with what filters it."""

from collections.abc import Mapping, Sequence
from typing import Any

from voice.replaying.page.markup import VERDICTS, WHAT, percent, safe, shown, verdict
from voice.replaying.page.word_marks import core

Call = Mapping[str, Any]


def worst_first(calls: Sequence[Call]) -> list[Call]:
    """By verdict, then by faults, then by differences; else in their order."""
    rank = {name: place for place, name in enumerate(VERDICTS)}

    def badness(call: Call) -> tuple[int, int, int]:
        faults, differences = len(call.get("faults") or ()), len(call.get("differences") or ())
        place = rank.get(str(call.get("verdict")), rank["new"])
        return (min(place, rank["different"]) if faults else place, -faults, -differences)

    return sorted(calls, key=badness)


def calls_table(calls: Sequence[Call]) -> str:
    """The table; row N leads to the section `call-N`."""
    heads = "".join(
        f'<th scope="col"{" class=n" if name in _NUMBERS else ""}>{name}</th>'
        for name in ("Verdict", "Call", "Outcome", "First difference or fault", *_NUMBERS)
    )
    mixed = len({call.get("kind") for call in calls}) > 1
    rows = "\n".join(_row(number, call, mixed=mixed) for number, call in enumerate(calls, 1))
    return f"""<section aria-labelledby="calls"><h2 id="calls">Calls <small id="shown" aria-live="polite"></small></h2>
{_filters(calls)}
<table class="calls"><thead><tr>{heads}</tr></thead><tbody>
{rows}
</tbody></table><p class="none" hidden>No call matches.</p></section>"""


_NUMBERS = ("Turns", "WER", "Slowest")


def _filters(calls: Sequence[Call]) -> str:
    counts = {name: sum(1 for call in calls if call.get("verdict") == name) for name in VERDICTS}
    buttons = "".join(
        f'<button type="button" aria-pressed="false" data-verdict="{name}" class="{name}">{name} <b>{count}</b>'
        "</button>"
        for name, count in counts.items()
        if count
    )
    return f"""<div class="filters" role="group" aria-label="Filter">{buttons}
<label>Find <input type="search" id="find" placeholder="name, outcome, words…" autocomplete="off" spellcheck="false"
></label></div>"""


def _row(number: int, call: Call, *, mixed: bool) -> str:
    """`mixed`: there are calls of several kinds."""
    kind = call.get("verdict") if call.get("verdict") in VERDICTS else "new"
    found = " ".join(_words(call)).lower()
    wer = call.get("wer")
    gaps = [one.get("gap_ms") or 0 for one in (call.get("timings") or {}).get("turns") or ()]
    numbers = (
        str(len(call.get("turns") or ())),
        percent(wer["errors"] / wer["words"]) if wer and wer.get("words") else "–",
        f"{max(gaps):.0f} ms" if any(gaps) else "–",
    )
    cells = "".join(f'<td class="n">{text}</td>' for text in numbers)
    sort = f" <small>{safe(call.get('kind') or '')}</small>" if mixed else ""
    return (
        f'<tr data-verdict="{kind}" data-words="{safe(found)}"><td>{verdict(str(call.get("verdict") or "new"))}</td>'
        f'<th scope="row"><a href="#call-{number}">{safe(call.get("call"))}</a>{sort}</th>'
        f"<td>{safe(call.get('outcome') or 'none')}</td><td class='first'>{_first(call)}</td>{cells}</tr>"
    )


def _words(call: Call) -> list[str]:
    """What the text filter looks in."""
    heard = [str(turn.get("heard") or "") for turn in call.get("turns") or ()]
    faults = [str(fault) for fault in call.get("faults") or ()]
    return [str(call.get(key) or "") for key in ("call", "kind", "outcome", "flow")] + faults + heard


def _first(call: Call) -> str:
    parts, faults = call.get("parts_at"), call.get("faults") or ()
    if parts:
        turn = "" if parts.get("turn") is None else f"turn {safe(parts['turn'])}, "
        what = safe(WHAT.get(str(parts.get("what")), parts.get("what")))
        was, now = shown(parts.get("was")), shown(parts.get("is"))
        old, new = core(was, now)
        return (
            f'<div><span class="what">{turn}{what}</span><del title="{safe(was)}">{safe(old)}</del>'
            f'<span class="to" role="img" aria-label="became">→</span><ins title="{safe(now)}">{safe(new)}</ins></div>'
        )
    return f'<div><span class="fault" title="{safe(faults[0])}">{safe(faults[0])}</span></div>' if faults else ""
