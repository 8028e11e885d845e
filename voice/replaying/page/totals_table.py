"""The measures over all calls, each beside its difference to the last run."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voice.replaying.page.markup import counted, percent, safe
from voice.replaying.page.standing import STANDINGS, kind, standing
from voice.replaying.result import CallResult

Numbers = Mapping[str, Any]
"""`voice.replaying.totals`, with `gap_ms` of the timings."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number over all calls."""

    name: str
    about: str
    value: Callable[[Numbers], float | None]
    more_is: int
    """1: better, -1: worse, 0: neither."""
    unit: str = "share"
    """ "share" (0..1), "ms" or "values"."""
    of: Callable[[Numbers], str] = lambda numbers: ""
    """What it is a share of."""


def _at(*keys: str) -> Callable[[Numbers], float | None]:
    def value(numbers: Numbers) -> float | None:
        found: Any = numbers
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return None if found is None else float(found)

    return value


def _right(numbers: Numbers) -> float | None:
    return numbers["right"] / numbers["expected"] if numbers["expected"] else None


def _slots(numbers: Numbers) -> tuple[int, int] | None:
    """How many values are right, of how many. The last run's are not known."""
    found = numbers.get("slots")
    return None if found is None else (found["right"], found["right"] + found["wrong"] + found["missing"])


def _slots_right(numbers: Numbers) -> float | None:
    right, every = _slots(numbers) or (0, 0)
    return right / every if every else None


def _of_slots(numbers: Numbers) -> str:
    right, every = _slots(numbers) or (0, 0)
    return f"{right} of {every}" if every else ""


def _of_words(numbers: Numbers) -> str:
    return f"{numbers['wer']['errors']} of {numbers['wer']['words']} words" if numbers["wer"]["words"] else ""


MEASURES = (
    Measure(
        "As expected",
        "of the calls that something is expected of",
        _right,
        1,
        of=lambda numbers: f"{numbers['right']} of {numbers['expected']}" if numbers["expected"] else "",
    ),
    Measure("Values right", "of those expected", _slots_right, 1, of=_of_slots),
    Measure(
        "Wrong and confirmed",
        "values that are wrong and count as confirmed",
        lambda numbers: float(numbers["slots"]["wrong_confirmed"]) if _of_slots(numbers) else None,
        -1,
        "values",
    ),
    Measure("Words misheard", "of the calls whose words are known", _at("wer", "rate"), -1, of=_of_words),
    Measure("UJCS", "user journey coverage score", _at("ujcs"), 1),
    Measure("Containment", "calls that needed no person", _at("containment"), 0),
    Measure("Escalation precision", "handed over, and rightly so", _at("escalation", "precision"), 1),
    Measure("Escalation recall", "of those that needed a person", _at("escalation", "recall"), 1),
    Measure("Reply, median", "from the caller’s last word", _at("gap_ms", "p50"), -1, "ms"),
    Measure("Reply, p95", "the slowest twentieth begins here", _at("gap_ms", "p95"), -1, "ms"),
)


def totals_table(document: Mapping[str, Any], calls: Sequence[CallResult]) -> str:
    """The measures, and how many calls stand how."""
    numbers = document["totals"] | {"gap_ms": document["timings"]["gap_ms"]}
    last = numbers.get("last")
    cards = "\n".join(_card(measure, numbers, last) for measure in MEASURES)
    against = "with the difference to the last run" if last else "no earlier run to compare with"
    return f"""<section class="totals" aria-labelledby="totals"><h2 id="totals">Totals <small>{against}</small></h2>
{_standings(calls)}
<dl class="cards">{cards}</dl></section>"""


def _card(measure: Measure, numbers: Numbers, last: Numbers | None) -> str:
    value, before = measure.value(numbers), measure.value(last) if last else None
    change = _change(measure, value, before) if value is not None and before is not None else ""
    of = measure.of(numbers)
    look = " blank" if value is None else " alarm" if measure.unit == "values" and value else ""
    return (
        f'<div class="card{look}"><dt title="{safe(measure.about)}">{safe(measure.name)}</dt>'
        f'<dd><span class="value">{_written(measure, value)}</span>{change}'
        f"{f'<span class=of>{safe(of)}</span>' if of else ''}</dd></div>"
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
    look, word = {1: (" good", "better, "), -1: (" bad", "worse, ")}.get(side, ("", ""))
    was = f"{word}was {_written(measure, before)}"
    return f'<span class="change{look}" title="{was}">{"+" if step > 0 else "−"}{amount}</span>'


def _standings(calls: Sequence[CallResult]) -> str:
    """A strip whose parts are as long as there are calls that stand so."""
    counts = Counter(map(standing, calls))
    parts = [(name, counts[name]) for name in STANDINGS if counts[name]]
    text = ", ".join(f"{count} {name}" for name, count in parts) or "none"
    strip = "".join(f'<i class="{kind(name)}" style="flex-grow:{count}"></i>' for name, count in parts)
    label = f"{counted(len(calls), 'call')}: {text}"
    return f'<div class="strip" role="img" aria-label="{label}">{strip}</div>'
