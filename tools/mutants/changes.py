"""What is changed in a module, one thing at a time: a condition, an operator, a value, a step."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from types import CodeType
from typing import Any, NamedTuple

_OTHER: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
_TESTED = (ast.If, ast.IfExp, ast.While)
_PLAIN = (ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp)
"""Answers that other changes turn round."""
_WORDS = ("say", "Cannot", "UsageError", "TypeError", "Finding", "assert_never")
"""Functions whose arguments are sentences."""


class Change(NamedTuple):
    """One change of one module."""

    module: str
    function: str
    """Its name, with that of its class; '' at the top of the module."""
    text: str
    """What stood there, and what stands there now; the second of its like ends in ' #2'."""
    first: int
    """The lines of the statement; 0 where all that imports the module goes through it."""
    last: int
    around: str
    """The source of the function, by which a change is known again."""
    code: CodeType


class _Place(NamedTuple):
    """A node, and how to put another in its place."""

    node: ast.AST
    parents: tuple[ast.AST, ...]
    put: Callable[[ast.AST], None]


def changes(module: str, source: str) -> Iterator[Change]:
    """Every change of a module with this source."""
    tree = ast.parse(source)
    seen: Counter[tuple[str, str]] = Counter()
    for place in list(_places(tree, ())):
        function, first, last, around = _where(place)
        for shown, new in _alternatives(place):
            before = ast.unparse(shown)
            place.put(new)
            after = ast.unparse(new if shown is place.node else shown)
            if shown not in (place.node, *place.parents):
                after = "left out"
            code = compile(ast.fix_missing_locations(tree), module, "exec")
            place.put(place.node)
            text = f"{_short(before)} -> {_short(after)}"
            seen[function, text] += 1
            if (number := seen[function, text]) > 1:
                text += f" #{number}"
            yield Change(module, function, text, first, last, around, code)


def _short(text: str) -> str:
    return " ".join(text.split())


def _places(node: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[_Place]:
    """Everything below ``node`` but annotations, docstrings and sentences."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        parents = (*above, node)
        if isinstance(value, ast.AST) and not _prose(value, node):
            yield _Place(value, parents, _setter(node, name))
            yield from _places(value, parents)
        elif isinstance(value, list):
            for at, each in enumerate(value):
                if isinstance(each, ast.AST) and not _prose(each, node):
                    yield _Place(each, parents, _putter(value, at))
                    yield from _places(each, parents)


def _setter(node: ast.AST, name: str) -> Callable[[ast.AST], None]:
    return lambda new: setattr(node, name, new)


def _putter(values: list[ast.AST], at: int) -> Callable[[ast.AST], None]:
    def put(new: ast.AST) -> None:
        values[at] = new

    return put


def _prose(node: ast.AST, parent: ast.AST) -> bool:
    """Whether this is a text for people, an import, or a name for a type."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assert() | ast.Global() | ast.Nonlocal():
            return True
        case ast.Constant(value=str(text)) if " " in text:
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if isinstance(parent, ast.Module):
            return not name.isupper()
    return isinstance(node, ast.Constant) and _called(parent) in _WORDS


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _where(place: _Place) -> tuple[str, int, int, str]:
    """The function, the lines of the statement, and the source of the function."""
    chain = (*place.parents, place.node)
    defs = [n for n in chain if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    inner = [n for n in defs if isinstance(n, ast.FunctionDef)]
    name = ".".join(node.name for node in defs)
    around = ast.unparse(defs[-1]) if defs else ""
    if not inner or place.node in ast.walk(inner[0].args):
        return name, 0, 0, around
    stmt = [node for node in chain if isinstance(node, ast.stmt)][-1]
    last = stmt.end_lineno or stmt.lineno
    if isinstance(stmt, ast.If | ast.While | ast.For | ast.With | ast.Try):
        last = max(stmt.lineno, stmt.body[0].lineno - 1)
    return name, stmt.lineno, last, around


Other = Iterator[tuple[ast.AST, ast.AST]]
"""What to show of a change (the node, what is around it, the part left out), and the new node."""


def _alternatives(place: _Place) -> Other:
    node, parent = place.node, place.parents[-1]
    tested = _is_test(node, parent)
    if tested and isinstance(node, ast.expr):
        yield node, ast.BoolOp(ast.Or(), [node, ast.Constant(True)])
        if not isinstance(parent, ast.While):
            yield node, ast.BoolOp(ast.And(), [node, ast.Constant(False)])
    match node:
        case ast.stmt():
            yield from ((node, new) for new in _steps(node, place.parents))
        case ast.Constant() if not _row(node, place.parents):
            yield from (
                (_shown(node, place.parents), ast.Constant(new)) for new in _values(node.value)
            )
        case ast.Compare():
            yield from ((node, new) for new in _compared(node, tested))
        case ast.BoolOp():
            yield from ((node, new) for new in _either(node))
        case ast.UnaryOp(op=ast.Not(), operand=operand) if not tested:
            yield node, operand
        case ast.BinOp():
            yield from ((node, new) for new in _joined(node))
        case ast.Call() | ast.Dict() | ast.Set() | ast.List() | ast.Tuple() | ast.Slice():
            yield from _without(node, place.parents)
        case ast.Name(id=name) if name in _NAMES and _called(parent) == name:
            yield parent, ast.Name(_NAMES[name], ast.Load())


def _row(node: ast.AST, parents: tuple[ast.AST, ...]) -> bool:
    """Whether this is part of a table at the top of the module, of which parts are left out."""
    top = not any(isinstance(each, ast.FunctionDef | ast.ClassDef) for each in parents)
    return top and isinstance(parents[-1], ast.Dict | ast.Tuple | ast.Set | ast.List)


def _is_test(node: ast.AST, parent: ast.AST) -> bool:
    if isinstance(parent, ast.comprehension):
        return node in parent.ifs
    return isinstance(parent, _TESTED) and parent.test is node


def _shown(node: ast.AST, parents: tuple[ast.AST, ...]) -> ast.AST:
    """What tells which of many equal values it is."""
    for parent in reversed(parents):
        if not isinstance(parent, ast.expr | ast.keyword):
            break
        node = parent
        if not isinstance(parent, ast.UnaryOp | ast.Slice):
            break
    return node


def _steps(node: ast.stmt, parents: tuple[ast.AST, ...]) -> Iterator[ast.AST]:
    """A step left out, or an answer kept back."""
    function = next((n for n in reversed(parents) if isinstance(n, ast.FunctionDef)), None)
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, _PLAIN):
            yield ast.Return(ast.Constant(None))
        case ast.Expr() | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Assign(targets=[target]) if function:
            names = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
            stored = Counter(
                n.id
                for n in ast.walk(function)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            ) + Counter(argument.arg for argument in function.args.args)
            if all(stored[name] > 1 for name in names):
                yield ast.Pass()


def _values(value: object) -> Iterator[bool | int | str | bytes]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
            if value > 0:
                yield value - 1
        case str():
            yield f"x{value}"
        case bytes():
            yield b"x" + value


def _compared(node: ast.Compare, tested: bool) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        for other in _OTHER[type(op)]:
            if not (tested and len(node.ops) == 1 and len(_OTHER[type(op)]) == 1):
                ops = [*node.ops[:at], other(), *node.ops[at + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def _either(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    for at in range(len(node.values)):
        left: list[ast.expr] = _but(node.values, at)
        yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def _joined(node: ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Add | ast.BitOr | ast.BitAnd | ast.Mult):
        yield node.left
        yield node.right
    elif isinstance(node.op, ast.Sub):
        yield node.left


def _without(node: ast.AST, parents: tuple[ast.AST, ...]) -> Other:
    """The same with one part left out."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for at, (key, value) in enumerate(zip(keys, values, strict=True)):
                new: ast.AST = ast.Dict(_but(keys, at), _but(values, at))
                yield ast.Dict([key], [value]), new
        case ast.Call(keywords=keywords):
            for at, keyword in enumerate(keywords):
                yield keyword, ast.Call(node.func, node.args, _but(keywords, at))
        case ast.Slice(lower=lower, upper=upper):
            if lower:
                yield node, ast.Slice(None, upper, node.step)
            if upper:
                yield node, ast.Slice(lower, None, node.step)
        case ast.Set(elts=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            for at, part in enumerate(parts):
                if loaded and len(parts) > 1 and _stands_alone(node, part, parents):
                    new = copy(node)
                    new.elts = _but(parts, at)
                    yield part, new


def _stands_alone(node: ast.AST, part: ast.AST, parents: tuple[ast.AST, ...]) -> bool:
    """Whether a part of a collection can be missing without anything else having to change."""
    top = not any(isinstance(parent, ast.FunctionDef) for parent in parents)
    return top or isinstance(part, ast.Starred) or isinstance(node, ast.Set)


def _but(values: list[Any], at: int) -> list[Any]:
    return [*values[:at], *values[at + 1 :]]
