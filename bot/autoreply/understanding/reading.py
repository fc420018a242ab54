"""A CSV of examples: `text` and `category`, `label` or `intent`, in any order, divided by comma, semicolon or tab.

What is wrong with a line is told by its number; the others are read.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import errors
from bot.autoreply.understanding.values import Example

TEXT, LABELS = "text", ("category", "label", "intent")
_LONGEST_ROW = 200  # lines; a quotation mark that nobody closed swallows everything behind it
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Read:
    """The examples of a file, and what was wrong with it, each in the file's order."""

    examples: tuple[Example, ...]
    faults: tuple[Fault, ...]


def read(path: Path) -> Read:
    """Raises Invalid when the file cannot be read, or has not the columns."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise errors.Invalid(f"{path} cannot be read: {error.strerror}.") from error
    lines, faults = _decoded(content)
    head = lines[0] if lines else ""
    divider = max(",;\t", key=head.count)
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=divider)
    names = [name.strip().strip('"').lower() for name in next(rows, [])]
    label = next((name for name in LABELS if name in names), None)
    if TEXT not in names or label is None:
        raise errors.Invalid(
            f'{path} needs a column "text" and one "category" or "label"; its first line is {head[:80]!r}.'
        )
    examples: list[Example] = []
    for one in _rows(rows, names.index(TEXT), names.index(label)):
        if isinstance(one, Example):
            examples.append(one)
        else:
            faults.append(one)
    return Read(tuple(examples), tuple(sorted(faults, key=lambda fault: fault.line)))


def distinct(examples: Iterable[Example]) -> Read:
    """Each text once, with the label that it had first; the others are faults."""
    first: dict[str, Example] = {}
    faults = []
    for example in examples:
        known = first.setdefault(" ".join(example.text.split()).casefold(), example)
        if known is not example:
            said = "the same as" if known.label == example.label else f"{example.label!r}, but {known.label!r} in"
            faults.append(Fault(example.line, f"{said} line {known.line}; it was passed over"))
    return Read(tuple(first.values()), tuple(faults))


def _rows(rows: "csv._reader", text: int, label: int) -> Iterator[Example | Fault]:  # type: ignore[name-defined]
    """Each row as an example, or what is wrong with it."""
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(line, f"{error}; it was passed over")
            continue
        if row:
            yield _example(row, text, label, line, rows.line_num)


def _example(row: Sequence[str], text: int, label: int, line: int, last: int) -> Example | Fault:
    if last - line > _LONGEST_ROW:
        return Fault(line, f"a quotation mark is opened and closed {last - line} lines later; all that was passed over")
    if len(row) <= max(text, label):
        return Fault(line, "a column is missing; it was passed over")
    words, meant = row[text].replace("\0", "").strip(), row[label].strip()
    if not words or not meant:
        return Fault(line, f"there is no {'label' if words else 'text'}; it was passed over")
    return Example(words, meant, line)


def _decoded(content: bytes) -> tuple[list[str], list[Fault]]:
    """Lines, and which of them are not UTF-8: those are read as Western Windows wrote them."""
    for mark, name in _MARKS.items():
        if content.startswith(mark) and name != "utf-8-sig":
            return content.decode(name, "replace").splitlines(), []
    lines, faults = [], []
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).splitlines(), 1):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", "replace"))
            faults.append(Fault(number, "is not UTF-8; it was read as Windows-1252"))
    return lines, faults
