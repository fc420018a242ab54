"""An archive, line by line: each yields a message, or why it is none. Nothing is kept in memory but a CSV's links."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from bot import errors, wire

LONGEST_LINE = 1_000_000
TWCS = ["tweet_id", "author_id", "inbound", "created_at", "text", "response_tweet_id", "in_response_to_tweet_id"]
INBOUND = ("True", "False")
_decode = msgspec.json.Decoder(wire.InboundMessage).decode
_DATE = "%a %b %d %H:%M:%S %z %Y"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file. `place` is how many bytes of the file lie behind it; exactly one of `message` and `fault` is set."""

    number: int
    place: int
    message: wire.InboundMessage | None = None
    fault: str = ""


@dataclass(slots=True)
class Roots:
    """The first tweet of each chain of answers, though it may itself be missing. It names the conversation."""

    parents: dict[str, str]
    known: dict[str, str] = field(default_factory=dict[str, str])

    def of(self, id_: str) -> str:
        """A ring has no first tweet: the one of the least number stands for it, so that all on it meet in one conversation."""
        way: dict[str, None] = {}
        while id_ in self.parents and id_ not in self.known and id_ not in way:
            way[id_] = None
            id_ = self.parents[id_]
        passed = list(way)
        root = min(passed[passed.index(id_) :], key=_number) if id_ in way else self.known.get(id_, id_)
        self.known.update(dict.fromkeys(way, root))
        return root


def _number(id_: str) -> tuple[int, str]:
    return len(id_), id_


def lines(path: Path) -> Iterator[Line]:
    """The messages of an archive. Raises Invalid when the file cannot be read or is of no known format."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise errors.Invalid(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        head = file.readline(LONGEST_LINE)
        file.seek(0)
        if head.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
            yield from _ndjson(file)
        elif _columns(head) == TWCS:
            yield from _twcs(file)
        else:
            raise errors.Invalid(
                f"{path.name} is neither NDJSON of our wire format nor a CSV with the columns {','.join(TWCS)}."
            )


def _ndjson(file: BinaryIO) -> Iterator[Line]:
    for number in itertools.count(1):
        raw = file.readline(LONGEST_LINE)
        if not raw:
            return
        if len(raw) == LONGEST_LINE:
            _skip_rest(file)
            yield Line(number, file.tell(), fault="The line is too long.")
        elif raw.strip():
            try:
                yield Line(number, file.tell(), _told(raw))
            except ValueError as error:
                yield Line(number, file.tell(), fault=str(error))


def _told(raw: bytes) -> wire.InboundMessage:
    """The message of a line. Raises ValueError, of which msgspec's errors are."""
    said = _decode(raw.removeprefix(b"\xef\xbb\xbf"))
    if not _is_text(
        "".join((said.external_id, said.conversation_id, said.text, *msgspec.structs.astuple(said.author)))
    ):
        raise ValueError("It holds a NUL.")
    return said


def _skip_rest(file: BinaryIO) -> None:
    while (piece := file.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass


def _columns(head: bytes) -> list[str]:
    return next(csv.reader([head.decode("utf-8-sig", "replace")]), [])


def _twcs(file: BinaryIO) -> Iterator[Line]:
    """Read twice: the links first, because a conversation is named by its root, which may stand anywhere or nowhere."""
    roots = Roots(_parents(file))
    file.seek(0)
    for number, place, row in _rows(file):
        try:
            yield Line(number, place, _tweet(row, roots))
        except ValueError as error:
            yield Line(number, place, fault=str(error))


def _parents(file: BinaryIO) -> dict[str, str]:
    """Tweet → the tweet that it answers, by the first row that says so: later ones are duplicates."""
    parents: dict[str, str] = {}
    for _, _, row in _rows(file):
        if len(row) == len(TWCS) and row[2] in INBOUND and _is_id(row[6]):
            parents.setdefault(row[0], row[6])
    return parents


def _rows(file: BinaryIO) -> Iterator[tuple[int, int, list[str]]]:
    """(number of the row's last line, place, cells), without the head. What is not UTF-8 is told in the row that holds it."""
    reader = csv.reader(raw.decode("utf-8-sig", "surrogateescape") for raw in iter(file.readline, b""))
    next(reader, None)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = []
        yield reader.line_num, file.tell(), row


def _tweet(row: list[str], roots: Roots) -> wire.InboundMessage:
    _check(row)
    id_, author, inbound, created_at, text, _, answers = row
    return wire.InboundMessage(
        external_id=id_,
        conversation_id=roots.of(id_),
        author=wire.Person(author, name="" if author.isdecimal() else author, username=author),
        sent_at=_time(created_at),
        text=text,
        is_public=True,
        is_own=inbound == "False",
        in_reply_to=answers,
    )


def _check(row: list[str]) -> None:
    """Raise ValueError with what makes it no tweet."""
    if len(row) != len(TWCS):
        raise ValueError(f"It has {len(row)} columns instead of {len(TWCS)}.")
    id_, author, inbound, _, text, _, answers = row
    if not _is_id(id_):
        raise ValueError("tweet_id is no number.")
    if inbound not in INBOUND:
        raise ValueError("inbound is neither True nor False.")
    if not author or len(author) > 100:
        raise ValueError("author_id is empty or too long.")
    if answers and not _is_id(answers):
        raise ValueError("in_response_to_tweet_id is no number.")
    if not _is_text("".join(row)):
        raise ValueError("It is not UTF-8, or holds a NUL.")
    if len(text) > 100_000:
        raise ValueError("The text is too long.")


def _is_id(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= 20


def _is_text(cells: str) -> bool:
    """Whether any database can keep it: no half of a surrogate pair, which is what a byte that is no UTF-8 became, and no NUL."""
    return cells.isprintable() or not any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in cells)


def _time(written: str) -> datetime:
    try:
        return datetime.strptime(written, _DATE)  # noqa: DTZ007  %z makes it aware
    except ValueError:
        raise ValueError("created_at is no time such as Tue Oct 31 22:10:47 +0000 2017.") from None
