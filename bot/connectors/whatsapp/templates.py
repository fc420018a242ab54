"""The account's approved templates: read as Meta lists them, and said as Meta wants them. Pure.

Offered are those that words alone can fill: a header of text or none, a body, a footer, and buttons that ask for nothing.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from bot import wire
from bot.connectors.meta.reading import OddError, maybe, name, parts

MOST_BLANKS = 20
# A header has one blank at most, and its number is the body's first, too.
_IN_HEADER = "0"
_BLANK = re.compile(r"\{\{\s*(\w{1,40})\s*\}\}")
_PLAIN_BUTTONS = frozenset({"PHONE_NUMBER", "QUICK_REPLY", "URL"})


class Template(msgspec.Struct, frozen=True):
    """One template in one language. `formula` is how it is shown; `header` and `body` are the names of its blanks there."""

    formula: wire.Formula
    header: tuple[str, ...]
    body: tuple[str, ...]
    is_named: bool


def read(told: object) -> Template | None:
    """A template as the Graph lists it; None when it may not be said, or takes more than words. Raises OddError."""
    if maybe(told, "status") != "APPROVED" or maybe(told, "category") == "AUTHENTICATION":
        return None
    pieces = {name(one, "type"): one for one in parts(told, "components")}
    if not _is_of_words(pieces):
        return None
    is_named = maybe(told, "parameter_format") == "NAMED"
    header, body, footer = (maybe(pieces.get(kind), "text") for kind in ("HEADER", "BODY", "FOOTER"))
    if not is_named:
        header = _BLANK.sub(f"{{{{{_IN_HEADER}}}}}", header)
    called, language = name(told, "name"), name(told, "language")
    shown = "\n\n".join(filter(None, (header, body, footer)))
    formula = wire.Formula(f"{called} {language}", called, language, shown)
    if len(formula.blanks) > MOST_BLANKS:
        return None
    return Template(formula, _blanks(header), _blanks(body), is_named)


def _is_of_words(pieces: Mapping[str, Any]) -> bool:
    """Whether nothing but words must be given."""
    if not maybe(pieces.get("BODY"), "text") or pieces.keys() - {"HEADER", "BODY", "FOOTER", "BUTTONS"}:
        return False
    if "HEADER" in pieces and maybe(pieces["HEADER"], "format") != "TEXT":
        return False
    buttons = parts(pieces.get("BUTTONS"), "buttons")
    return all(maybe(one, "type") in _PLAIN_BUTTONS and "{{" not in maybe(one, "url") for one in buttons)


def _blanks(text: str) -> tuple[str, ...]:
    """The names in the order in which Meta wants their values: by number, or as they stand."""
    names = dict.fromkeys(_BLANK.findall(text))
    return tuple(sorted(names, key=int) if all(one.isdecimal() for one in names) else names)


def said(template: Template, words: str) -> dict[str, Any]:
    """These words as Meta wants the template. Raises OddError when they are not its words."""
    values = template.formula.read(words)
    if values is None:
        raise OddError("these are not the words of this template")
    filled = {"header": template.header, "body": template.body}
    components = [
        {"type": where, "parameters": [_value(template, one, values[one]) for one in names]}
        for where, names in filled.items()
        if names
    ]
    made = {"name": template.formula.name, "language": {"policy": "deterministic", "code": template.formula.language}}
    return made | ({"components": components} if components else {})


def _value(template: Template, blank: str, value: str) -> dict[str, str]:
    return {"type": "text", "text": value} | ({"parameter_name": blank} if template.is_named else {})


def write(kept: tuple[Template, ...]) -> str:
    """As they are kept."""
    return msgspec.json.encode(kept).decode()


def recall(kept: str) -> tuple[Template, ...]:
    """What was kept; nothing when it was kept in another shape."""
    try:
        return msgspec.json.decode(kept or "[]", type=tuple[Template, ...])
    except msgspec.DecodeError:
        return ()


def listed(told: object) -> Template | None:
    """The same as `read`, for a list in which an odd one concerns nobody else."""
    try:
        return read(told)
    except OddError:
        return None
