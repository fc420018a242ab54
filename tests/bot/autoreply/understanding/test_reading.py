"""Files of examples as people have them: what can be read is read, and the rest is told by its line."""

import pathlib

import pytest

from bot import errors
from bot.autoreply.understanding import reading
from bot.autoreply.understanding.values import Example


def read(folder: pathlib.Path, content: str | bytes) -> reading.Read:
    file = folder / "examples.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return reading.read(file)


def pairs(found: reading.Read) -> list[tuple[str, str]]:
    return [(one.text, one.label) for one in found.examples]


@pytest.mark.parametrize("label", ["category", "label", "intent", "Label"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_columns_are_found_by_name(tmp_path: pathlib.Path, label: str, divider: str) -> None:
    """In any order, however they are divided, and beside others."""
    found = read(
        tmp_path, divider.join([label, "split", "text"]) + "\n" + divider.join(["card", "train", "Ma carte ?"]) + "\n"
    )

    assert pairs(found) == [("Ma carte ?", "card")]
    assert found.faults == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_of_encodings_are_understood(tmp_path: pathlib.Path, encoding: str) -> None:
    """As editors and spreadsheets of different systems write them."""
    found = read(tmp_path, "text,label\nOù est mon reçu,receipt\n".encode(encoding))

    assert pairs(found) == [("Où est mon reçu", "receipt")]
    assert found.faults == ()


def test_a_line_in_an_old_encoding_is_read_and_told(tmp_path: pathlib.Path) -> None:
    """The others stay what they were."""
    found = read(tmp_path, "text,label\nOù,a\n".encode() + "café,b\n".encode("cp1252"))

    assert pairs(found) == [("Où", "a"), ("café", "b")]
    assert [fault.line for fault in found.faults] == [3]


def test_what_is_missing_is_told_by_line(tmp_path: pathlib.Path) -> None:
    """No text, no label, no column, and blank lines, which are nobody's fault."""
    found = read(tmp_path, "text,label\n,a\nhello,\nalone\n\n  ,a\nhi,a\n")

    assert pairs(found) == [("hi", "a")]
    assert [fault.line for fault in found.faults] == [2, 3, 4, 6]


def test_a_text_may_have_lines_and_quotes(tmp_path: pathlib.Path) -> None:
    """It is named by the line where it begins."""
    found = read(tmp_path, 'text,label\n"one\ntwo ""three""",a\nfour,b\n')

    assert found.examples == (Example('one\ntwo "three"', "a", 2), Example("four", "b", 4))


def test_a_quotation_mark_that_nobody_closed_takes_nothing_else_along(tmp_path: pathlib.Path) -> None:
    """What it swallowed is told; what was read before it stays."""
    found = read(tmp_path, 'text,label\nfine,a\n"open,b\n' + "lost,c\n" * 300)

    assert pairs(found) == [("fine", "a")]
    assert [fault.line for fault in found.faults] == [3]


def test_a_text_without_end_is_told(tmp_path: pathlib.Path) -> None:
    """A megabyte in one field is no message."""
    found = read(tmp_path, "text,label\n" + "x" * 1_000_000 + ",a\nfine,b\n")

    assert pairs(found) == [("fine", "b")]
    assert [fault.line for fault in found.faults] == [2]


@pytest.mark.parametrize("content", ["", "question,answer\na,b\n", "text\nhello\n", "\0\1\2"])
def test_a_file_without_the_columns_is_refused(tmp_path: pathlib.Path, content: str) -> None:
    """The sentence names the columns that are needed."""
    with pytest.raises(errors.Invalid, match='a column "text"'):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    """Its name is in the sentence."""
    with pytest.raises(errors.Invalid, match=r"nowhere\.csv cannot be read"):
        reading.read(tmp_path / "nowhere.csv")


def test_what_is_there_twice_is_learnt_once() -> None:
    """The first counts; the second is told, and whether it says something else."""
    found = reading.distinct(
        [Example("Hello  you", "a", 2), Example("hello you", "a", 3), Example("HELLO YOU", "b", 4)]
    )

    assert found.examples == (Example("Hello  you", "a", 2),)
    assert [(fault.line, "but" in fault.reason) for fault in found.faults] == [(3, False), (4, True)]
