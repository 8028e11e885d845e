"""The measures over all calls, each beside its difference to the last run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from voice.replaying.page.markup import VERDICTS, percent, safe

Totals = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number over all calls."""

    name: str
    about: str
    value: Callable[[Totals], float | None]
    unit: str
    """ "share" (0..1), "ms" or "calls"."""
    more_is: int
    """1: better, -1: worse, 0: neither."""


def _of(*keys: str) -> Callable[[Totals], float | None]:
    def value(totals: Totals) -> float | None:
        found: Any = totals
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return None if found is None else float(found)

    return value


def _outcome_right(totals: Totals) -> float | None:
    calls, right = totals.get("calls"), totals.get("right")
    return right / calls if calls and right is not None else None


def _wer(totals: Totals) -> float | None:
    found = totals.get("wer")
    return found["errors"] / found["words"] if found and found.get("words") else None


def _slots_right(totals: Totals) -> float | None:
    found = totals.get("slots") or {}
    every = sum(found.get(key) or 0 for key in ("right", "wrong", "missing"))
    return (found.get("right") or 0) / every if every else None


MEASURES = (
    Measure("Calls", "replayed", _of("calls"), "calls", 0),
    Measure("Outcome right", "calls that came to what is expected of them", _outcome_right, "share", 1),
    Measure("Word error rate", "against the calls whose words are known", _wer, "share", -1),
    Measure("Slot accuracy", "values right, of those expected", _slots_right, "share", 1),
    Measure("UJCS", "user journey coverage score", _of("ujcs"), "share", 1),
    Measure("Containment", "calls that needed no person", _of("containment"), "share", 0),
    Measure("Escalation precision", "handed over, and rightly so", _of("escalation", "precision"), "share", 1),
    Measure("Escalation recall", "of those that needed a person", _of("escalation", "recall"), "share", 1),
    Measure("Reply, median", "from the caller’s last word", _of("gap_ms", "p50"), "ms", -1),
    Measure("Reply, p95", "the slowest twentieth begins here", _of("gap_ms", "p95"), "ms", -1),
)


def totals_table(totals: Totals) -> str:
    """The measures, and how many calls have which verdict."""
    last = totals.get("last")
    cards = "\n".join(_card(measure, totals, last) for measure in MEASURES)
    against = "compared with the last run" if last else "no earlier run to compare with"
    return f"""<section class="totals" aria-labelledby="totals"><h2 id="totals">Totals <small>{against}</small></h2>
{_verdicts(totals)}
<dl class="cards">{cards}</dl></section>"""


def _card(measure: Measure, totals: Totals, last: Totals | None) -> str:
    value, before = measure.value(totals), measure.value(last) if last else None
    change = _change(measure, value, before) if value is not None and before is not None else ""
    blank = " blank" if value is None else ""
    return (
        f'<div class="card{blank}"><dt title="{safe(measure.about)}">{safe(measure.name)}</dt>'
        f'<dd><span class="value">{_written(measure, value)}</span>{change}</dd></div>'
    )


def _written(measure: Measure, value: float | None) -> str:
    if value is None:
        return "–"
    return percent(value) if measure.unit == "share" else f"{value:.0f}{' ms' if measure.unit == 'ms' else ''}"


def _change(measure: Measure, value: float, before: float) -> str:
    """The difference with its sign, and a word for whether it is good."""
    step = round((value - before) * 100, 1) if measure.unit == "share" else round(value - before)
    if not step:
        return '<span class="change">±0</span>'
    amount = f"{abs(step):.1f}".removesuffix(".0") + {"share": " pp", "ms": " ms"}.get(measure.unit, "")
    side = measure.more_is * (1 if step > 0 else -1)
    kind, word = {1: (" good", "better, "), -1: (" bad", "worse, ")}.get(side, ("", ""))
    was = f"{word}was {_written(measure, before)}"
    return f'<span class="change{kind}" title="{was}">{"+" if step > 0 else "−"}{amount}</span>'


def _verdicts(totals: Totals) -> str:
    """A strip whose parts are as long as the verdicts are many."""
    counts = totals.get("verdicts") or {}
    parts = [(name, int(counts.get(name) or 0)) for name in VERDICTS]
    text = ", ".join(f"{count} {name}" for name, count in parts if count) or "none"
    strip = "".join(f'<i class="{name}" style="flex-grow:{count}"></i>' for name, count in parts if count)
    return f'<div class="strip" role="img" aria-label="Verdicts: {text}">{strip}</div>'
