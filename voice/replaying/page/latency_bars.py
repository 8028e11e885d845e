"""How long the caller waited for each reply, and for what: a stacked bar and its numbers, turn by turn."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice.replaying.page.markup import safe, turn_link
from voice.replaying.result import Timings

_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("endpoint", "end of turn", ("endpoint",)),
    ("asr", "recognition", ("asr",)),
    ("decision", "decision", ("reader", "save")),
    ("tts", "speech", ("tts",)),
)
"""Colour, heading, and the stages of `voice.report` that it sums."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One reply, in milliseconds."""

    turn: int
    gap: int | None
    """From the caller's last sound to the agent's first; None: nothing was said."""
    parts: tuple[float, ...]
    """As `_GROUPS`, and the rest of the gap that no stage explains."""

    @property
    def length(self) -> float:
        return max(float(self.gap or 0), sum(self.parts))


def bars_of(timings: Timings) -> tuple[Bar, ...]:
    """The replies that were measured."""
    found = []
    for one in timings.turns:
        parts = [sum(one.stages.get(name, 0.0) for name in names) for _, _, names in _GROUPS]
        rest = max(0.0, (one.gap_ms or 0) - sum(parts))
        if one.gap_ms is not None or sum(parts) > 0:
            found.append(Bar(one.turn, one.gap_ms, (*parts, rest)))
    return tuple(found)


def latency_bars(number: int, timings: Timings) -> str:
    """The table; the budget is drawn as a line through all bars."""
    bars, budget = bars_of(timings), timings.budget_ms
    if not bars:
        return "<p>No reply was measured.</p>"
    scale = max(*(bar.length for bar in bars), budget or 0, 1.0) * 1.04
    heads = "".join(f'<th scope="col" class="n"><i class="{kind}"></i>{name}</th>' for kind, name, _ in _GROUPS)
    line = f'<i class="budget" style="left:{budget / scale * 100:.2f}%"></i>' if budget else ""
    rows = "\n".join(_row(number, bar, scale, line, budget) for bar in bars)
    return f"""<table class="bars"><caption>{safe(_legend(bars, budget))}</caption><thead><tr><th scope="col">Turn</th>
<th scope="col" class="n">Gap</th><th scope="col"><span class="unseen">Bar</span></th>{heads}</tr></thead>
<tbody>{rows}</tbody></table>"""


def _legend(bars: Sequence[Bar], budget: int | None) -> str:
    notes = ["milliseconds; the upright stroke is the reply as the caller heard it"]
    if any(bar.gap is not None and sum(bar.parts) > bar.gap + 1 for bar in bars):
        notes.append("the recogniser begins before the turn is over, so that a bar may be longer than the wait")
    if any(bar.parts[-1] >= 1 for bar in bars):
        notes.append("grey is what no stage explains")
    if budget:
        late = sum(bar.gap is not None and bar.gap > budget for bar in bars)
        notes.append(f"the dashed line is the budget of {budget} ms, over which {late} of {len(bars)} replies came")
    return "; ".join(notes)


def _row(number: int, bar: Bar, scale: float, line: str, budget: int | None) -> str:
    late = " late" if budget and bar.gap is not None and bar.gap > budget else ""
    kinds = [kind for kind, _, _ in _GROUPS] + ["rest"]
    strips = "".join(
        f'<i class="{kind}" style="width:{part / scale * 100:.2f}%"></i>'
        for kind, part in zip(kinds, bar.parts, strict=True)
        if part > 0
    )
    stroke = f'<i class="gap" style="left:{bar.gap / scale * 100:.2f}%"></i>' if bar.gap is not None else ""
    gap = "–" if bar.gap is None else str(bar.gap)
    return (
        f'<tr class="reply{late}"><th scope="row">{turn_link(number, bar.turn)}</th><td class="n gap">{gap}</td>'
        f'<td class="bar"><div aria-hidden="true">{strips}{stroke}{line}</div></td>{_numbers(bar.parts[:-1])}</tr>'
    )


def _numbers(parts: Sequence[float]) -> str:
    return "".join(f'<td class="n">{part:.0f}</td>' if part >= 0.5 else '<td class="n">·</td>' for part in parts)
