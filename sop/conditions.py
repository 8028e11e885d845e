"""Edge conditions: a small expression language over names, read by Python's own parser and an allow-list.

Allowed: names, text, numbers, True/False/None, comparisons, `in` over a list of constants, and/or/not. A name that
stands for several words (`said`, `topic`) is in a list when one of them is; a bare word in a list is that word.
Nothing is ever compiled or called: a flow file is never code.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeGuard

from sop.steps import Condition

Value = str | int | float | bool | tuple[str, ...] | None

_LONGEST = 500
_GREATEST = 1e15
"""No number in a condition is as great."""


class ConditionError(ValueError):
    """The text is not in the language; the message says which part."""


def holds(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Whether it is true of `values`; a missing name is None. Comparing unlike things is false, never an
    error."""
    return bool(_value(_parsed(condition.text), values))


def parse_condition(text: str) -> Condition:
    """Check an expression.

    >>> parse_condition('problem == "gas" and misunderstood >= 2').names == {"problem", "misunderstood"}
    True
    """
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        raise ConditionError(f"it is longer than {_LONGEST} characters")
    try:
        body = _parsed(text)
        _check(body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ConditionError):
            raise
        raise ConditionError("it is not an expression") from error
    return Condition(text, frozenset(_names(body)))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    """The expression, negative numbers as one constant each. Raises what `ast.parse` raises."""
    body: ast.expr = _Signs().visit(ast.parse(text, mode="eval").body)
    return body


class _Signs(ast.NodeTransformer):
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Minus and a number is a number."""
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant) and _is_number(node.operand.value):
            return ast.Constant(-node.operand.value)
        return self.generic_visit(node)


def _names(node: ast.AST) -> Iterator[str]:
    """The names that a node reads; a bare word in a list is text."""
    if isinstance(node, ast.Name):
        yield node.id
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.List | ast.Tuple):
            yield from _names(child)


@lru_cache(maxsize=4096)
def constants_compared(condition: Condition, name: str) -> frozenset[str]:
    """The text constants that `name` is compared with: a loader checks them against a choice's options."""
    found: set[str] = set()
    for node in ast.walk(_parsed(condition.text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Name) and side.id == name for side in sides):
                for side in sides:
                    found |= {word for leaf in ast.walk(side) if (word := _word(leaf)) not in (None, name)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def numbers_compared(condition: Condition, name: str) -> frozenset[float]:
    """The numbers that `name` is compared with."""
    found: set[float] = set()
    for node in ast.walk(_parsed(condition.text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Name) and side.id == name for side in sides):
                leaves = (leaf for side in sides for leaf in ast.walk(side) if isinstance(leaf, ast.Constant))
                found |= {float(leaf.value) for leaf in leaves if _is_number(leaf.value)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def names_compared(condition: Condition) -> bool:
    """Whether some name is compared with another one."""
    nodes = (node for node in ast.walk(_parsed(condition.text)) if isinstance(node, ast.Compare))
    return any(sum(isinstance(side, ast.Name) for side in (node.left, *node.comparators)) > 1 for node in nodes)


@lru_cache(maxsize=4096)
def standing_alone(condition: Condition) -> frozenset[str]:
    """The names, and the texts and numbers as they are written, that are true or false by themselves.

    >>> sorted(standing_alone(parse_condition('open and not x or y == "a" or "b"')))
    ["'b'", 'open', 'x']
    """
    return frozenset(_alone(_parsed(condition.text)))


def _alone(node: ast.expr) -> Iterator[str]:
    """Those of a part that is taken as true or false."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Constant(value=str() | int() | float() as constant) if not isinstance(constant, bool):
            yield repr(constant)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _alone(part)
        case ast.UnaryOp(operand=operand):
            yield from _alone(operand)
        case ast.Compare(left=left, comparators=sides):
            for side in (left, *sides):
                if not isinstance(side, ast.Name | ast.Constant | ast.List | ast.Tuple):
                    yield from _alone(side)


@lru_cache(maxsize=4096)
def names_beside(condition: Condition, name: str) -> frozenset[str]:
    """The names that `name` is compared with."""
    found: set[str] = set()
    for node in ast.walk(_parsed(condition.text)):
        if isinstance(node, ast.Compare):
            names = {side.id for side in (node.left, *node.comparators) if isinstance(side, ast.Name)}
            found |= names - {name} if name in names else set()
    return frozenset(found)


@lru_cache(maxsize=4096)
def names_beside_truths(condition: Condition) -> frozenset[str]:
    """The names that are compared with True or False."""
    found: set[str] = set()
    for node in ast.walk(_parsed(condition.text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            leaves = [leaf for side in sides for leaf in ast.walk(side) if isinstance(leaf, ast.Constant)]
            if any(isinstance(leaf.value, bool) for leaf in leaves):
                found |= {side.id for side in sides if isinstance(side, ast.Name)}
    return frozenset(found)


def _is_number(value: object) -> TypeGuard[int | float]:
    """A number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _word(leaf: ast.AST) -> str | None:
    """The text of a constant, or of a bare word in a list."""
    if isinstance(leaf, ast.Constant):
        return leaf.value if isinstance(leaf.value, str) else None
    return leaf.id if isinstance(leaf, ast.Name) else None


def _check(node: ast.expr) -> None:
    match node:
        case ast.Name():
            return
        case ast.Constant(value=str() | int() | float() | bool() | None as constant):
            if _is_number(constant) and not abs(constant) < _GREATEST:
                raise ConditionError("a number in it is too great")
        case ast.BoolOp(values=values):
            for value in values:
                _check(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            _check(left)
            for op, side in zip(ops, comparators, strict=True):
                _check_side(op, side)
        case _:
            raise ConditionError(
                f"{ast.unparse(node)[:60]!r} is not allowed; use names, text, numbers, comparisons, in, and, or, not"
            )


def _check_side(op: ast.cmpop, side: ast.expr) -> None:
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(side, ast.List | ast.Tuple):
            raise ConditionError("after `in` comes a list: [a, b]")
        for element in side.elts:
            if not isinstance(element, ast.Name | ast.Constant):
                raise ConditionError("a list holds words and numbers only: [a, b]")
            _check(element)
    elif isinstance(op, ast.Is | ast.IsNot):
        raise ConditionError("use == or !=")
    else:
        _check(side)


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    match node:
        case ast.Name(id=name):
            return values.get(name)
        case ast.Constant(value=str() | int() | float() | bool() | None as constant):
            return constant
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_value(part, values) for part in parts)
        case ast.UnaryOp(operand=operand):
            return not _value(operand, values)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return _compare(_value(left, values), ops, comparators, values)
        case _:
            raise AssertionError(f"parse_condition let {ast.dump(node)} pass")


def _compare(left: Value, ops: list[ast.cmpop], sides: list[ast.expr], values: Mapping[str, Value]) -> bool:
    for op, side in zip(ops, sides, strict=True):
        if isinstance(op, ast.In | ast.NotIn):
            assert isinstance(side, ast.List | ast.Tuple)
            listed = [element.id if isinstance(element, ast.Name) else _value(element, values) for element in side.elts]
            held = left if isinstance(left, tuple) else (left,)
            inside = any(_same(part, one) for part in held for one in listed)
            if inside != isinstance(op, ast.In):
                return False
            continue
        right = _value(side, values)
        if not _pair(left, op, right):
            return False
        left = right
    return True


def _pair(left: Value, op: ast.cmpop, right: Value) -> bool:
    if isinstance(op, ast.Eq):
        return _same(left, right)
    if isinstance(op, ast.NotEq):
        return not _same(left, right)
    if not _is_number(left) or not _is_number(right):
        return False
    match op:
        case ast.Lt():
            return left < right
        case ast.LtE():
            return left <= right
        case ast.Gt():
            return left > right
        case ast.GtE():
            return left >= right
        case _:
            raise AssertionError(f"parse_condition let {op} pass")


def _same(left: Value, right: Value) -> bool:
    """Whether the two are one value; True is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right
