"""A flow as a Mermaid picture, drawn from the same edges that the engine follows."""

from sop.graph import AskStep, EndStep, Graph, ReviewStep, SayStep, Step, ToolStep, TransferStep


def mermaid(graph: Graph) -> str:
    """The flowchart's source text."""
    lines = ["flowchart TD"]
    lines += [f"    {name}{_shape(step)}" for name, step in graph.steps.items()]
    lines.append(f"    begin(( )) --> {graph.start}")
    for name, step in graph.steps.items():
        lines += [f"    {name} -->{_label(label)} {target}" for label, target in _arrows(step)]
    for escalation in graph.escalations:
        lines.append(f"    anywhere{{{{any step}}}} -.->{_label(escalation.when.text)} {escalation.to}")
    return "\n".join(lines)


def _shape(step: Step) -> str:
    match step:
        case SayStep():
            return f'["{step.name}"]'
        case AskStep():
            return f'[/"{step.name}: {", ".join(step.slots)}?"/]'
        case ReviewStep():
            return f'[/"{step.name}: all right?"/]'
        case ToolStep():
            return f'[["{step.name}: {step.tool}"]]'
        case TransferStep():
            return f'>"{step.name}: {step.target}"]'
        case EndStep():
            return f'(["{step.name}: {step.outcome}"])'


def _arrows(step: Step) -> tuple[tuple[str, str], ...]:
    match step:
        case EndStep():
            return ()
        case TransferStep():
            return (("no answer", step.on_no_answer),)
        case SayStep() | AskStep() | ReviewStep() | ToolStep():
            arrows = tuple((edge.condition.text if edge.condition else "", edge.go) for edge in step.edges)
            return (*arrows, ("fails", step.on_failure)) if isinstance(step, ToolStep) else arrows


def _label(text: str) -> str:
    plain = text.replace('"', "'")
    return f'|"{plain}"|' if plain else ""
