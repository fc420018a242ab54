"""Which keys of the catalogue the templates and the code ask for, read from their syntax and not by running them."""

import ast
import pathlib
from collections.abc import Iterator

from jinja2 import Environment, nodes

WORDS = {"t", "words"}
ROOT = pathlib.Path(__file__).parents[2]
INBOX = ROOT / "inbox"


def asked_by_template(environment: Environment, source: str) -> Iterator[str]:
    """Each key given to `t`; one that is put together ends in a star where the unknown begins."""
    for call in environment.parse(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in WORDS and call.args:
            yield from _template_keys(call.args[0])


def _template_keys(given: nodes.Expr) -> Iterator[str]:
    if isinstance(given, nodes.Const):
        yield str(given.value)
    elif isinstance(given, nodes.CondExpr):
        yield from _template_keys(given.expr1)
        if given.expr2 is not None:
            yield from _template_keys(given.expr2)
    elif isinstance(given, nodes.Concat):
        yield _put_together([str(part.value) if isinstance(part, nodes.Const) else None for part in given.nodes])
    elif isinstance(given, nodes.Add):
        yield _put_together([str(given.left.value) if isinstance(given.left, nodes.Const) else None, None])


def asked_by_code(source: str) -> Iterator[str]:
    """The same for Python: `words("…")`, `viewer.words("…")`, and f-strings."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and call.args and _is_words(call.func):
            yield from _code_keys(call.args[0])


def _is_words(function: ast.expr) -> bool:
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    return name in WORDS


def _code_keys(given: ast.expr) -> Iterator[str]:
    if isinstance(given, ast.Constant):
        yield str(given.value)
    elif isinstance(given, ast.IfExp):
        yield from _code_keys(given.body)
        yield from _code_keys(given.orelse)
    elif isinstance(given, ast.JoinedStr):
        yield _put_together([str(part.value) if isinstance(part, ast.Constant) else None for part in given.values])


def _put_together(parts: list[str | None]) -> str:
    known = []
    for part in parts:
        if part is None:
            return f"{''.join(known)}*"
        known.append(part)
    return "".join(known)


def answers(key: str, messages: dict[str, str]) -> bool:
    """Whether the catalogue can answer: the key itself, its plural forms, or at least one that a star may stand for."""
    if key.endswith("*"):
        return any(each.startswith(key[:-1]) for each in messages)
    return key in messages or {f"{key}.one", f"{key}.other"} <= messages.keys()
