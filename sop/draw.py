"""A flow as a Mermaid picture, drawn from the same edges that the engine follows."""

from sop.graph import Graph
from sop.steps import (
    AnswerStep,
    AskStep,
    CallStep,
    DecideStep,
    EndStep,
    ReturnStep,
    ReviewStep,
    SayStep,
    Step,
    ToolStep,
    TransferStep,
    edges_of,
)


def mermaid(graph: Graph) -> str:
    """The flowchart's source text."""
    lines = ["flowchart TD"]
    lines += [f"    {name}{_shape(step)}" for name, step in graph.steps.items()]
    lines.append(f"    begin(( )) --> {graph.start}")
    for name, step in graph.steps.items():
        lines += [f"    {name} -->{_label(label)} {target}" for label, target in arrows(step)]
    for escalation in graph.escalations:
        lines.append(f"    anywhere{{{{any step}}}} -.->{_label(escalation.when.text)} {escalation.to}")
    return "\n".join(lines)


def _shape(step: Step) -> str:  # noqa: C901, PLR0911 - one shape a kind of step
    match step:
        case SayStep():
            return f'["{step.name}"]'
        case DecideStep():
            return f'{{"{step.name}"}}'
        case AskStep():
            return f'[/"{step.name}: {", ".join(step.slots)}?"/]'
        case ReviewStep():
            return f'[/"{step.name}: all right?"/]'
        case AnswerStep():
            return f'["{step.name}: knowledge"]'
        case ToolStep():
            return f'[["{step.name}: {step.tool}"]]'
        case CallStep():
            return f'[["{step.name}: {step.flow}"]]'
        case TransferStep():
            return f'>"{step.name}: {step.target}"]'
        case EndStep():
            return f'(["{step.name}: {step.outcome}"])'
        case ReturnStep():
            return f'(["{step.name}: return"])'


def arrows(step: Step) -> tuple[tuple[str, str], ...]:
    """What follows a step: (why, where to), in the order written."""
    written = tuple((edge.condition.text if edge.condition else "", edge.go) for edge in edges_of(step))
    match step:
        case ToolStep():
            return (*written, ("fails", step.on_failure))
        case AnswerStep():
            return (*written, ("no answer known", step.on_failure))
        case TransferStep():
            return (("no answer", step.on_no_answer),)
        case _:
            return written


def _label(text: str) -> str:
    plain = text.replace('"', "'")
    return f'|"{plain}"|' if plain else ""
