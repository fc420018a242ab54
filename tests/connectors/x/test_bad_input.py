"""Whatever X may send, it ends as a message or as it came; nothing stops the reader."""

import json
import pathlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import clock, errors, wire
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.reader import Reader
from tests.connectors.x.x_api import US

PAYLOADS = sorted((pathlib.Path(__file__).parent / "payloads").glob("*.json"))
STRANGE: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x" * 200_000,
    "\ud800",
    [],
    {},
    [[]],
    [None],
    {"id": None},
    ["1"],
    "9" * 40,
]


def ways(told: Any) -> list[list[str | int]]:
    """The way to each value in it."""
    if not isinstance(told, dict | list):
        return [[]]
    inner = told.items() if isinstance(told, dict) else enumerate(told)
    return [[], *([name, *way] for name, value in inner for way in ways(value))]


def changed(told: Any, way: list[str | int], value: Any) -> Any:
    copy = json.loads(json.dumps(told))
    if not way:
        return value
    place = copy
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    return copy


def read(told: Any) -> wire.Batch:
    """By every way in which it may come."""
    reader = Reader(Ourselves(US["id"], US["username"]), clock.now)
    batches = [reader.streamed([json.dumps(told).encode()])]
    data = told.get("data") if isinstance(told, dict) else None
    if isinstance(data, dict) and isinstance(data.get("event_type"), str):
        batches.append(reader.event(data))
    if isinstance(data, list):
        batches += [reader.listed(kind, data, told.get("includes")) for kind in ("post", "dm")]
    assert all(isinstance(batch, wire.Batch) for batch in batches)
    for batch in batches:
        for message in batch.messages:
            message.text.encode()
            assert message.external_id
            assert message.conversation_id
    return batches[-1]


@pytest.mark.parametrize("file", PAYLOADS, ids=lambda file: file.stem)
def test_each_value_in_turn(file: pathlib.Path) -> None:
    """Each value of each payload, replaced by each strange one: every message that comes out is whole."""
    told = json.loads(file.read_text("utf-8"))
    tried = [read(changed(told, way, value)) for way in ways(told) for value in STRANGE]

    assert len(tried) > len(STRANGE)


@pytest.mark.parametrize("file", PAYLOADS, ids=lambda file: file.stem)
def test_unknown_fields(file: pathlib.Path) -> None:
    """What X adds tomorrow changes nothing."""
    told = json.loads(file.read_text("utf-8"))
    more = json.loads(json.dumps(told).replace("{", '{"added_tomorrow": [1, {"deep": null}], ').replace(", }", "}"))

    assert [one.text for one in read(more).messages] == [one.text for one in read(told).messages]


@pytest.mark.parametrize("file", PAYLOADS, ids=lambda file: file.stem)
def test_cut_short(file: pathlib.Path) -> None:
    """A payload that breaks off is kept as it came, wherever it breaks off."""
    reader = Reader(Ourselves(US["id"]), clock.now)
    whole = json.dumps(json.loads(file.read_text("utf-8"))).encode()
    for end in range(1, len(whole), max(1, len(whole) // 100)):
        batch = reader.streamed([whole[:end]])

        assert [bad.raw for bad in batch.unreadable] == [whole[:end]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp037"])
def test_wrong_encodings(encoding: str) -> None:
    """Bytes in another encoding are taken where JSON allows them, and kept otherwise."""
    reader = Reader(Ourselves(US["id"]), clock.now)
    line = json.dumps({"data": {"text": "é"}}, ensure_ascii=False).encode(encoding)
    batch = reader.streamed([line])

    assert len(batch.unreadable) == 1
    assert batch.unreadable[0].raw == line


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise(noise: bytes) -> None:
    """Noise on the line is kept, and is Invalid when it is tried again."""
    reader = Reader(Ourselves(US["id"]), clock.now)
    batch = reader.streamed([noise])

    assert batch.messages == ()
    assert [bad.raw for bad in batch.unreadable] == [noise]
    with pytest.raises(errors.Invalid):
        reader.again(noise)


@pytest.mark.parametrize(
    "deep", [b"[" * 200_000, b'{"data":' * 50_000, b'{"data": {"text": "' + b"x" * 5_000_000 + b'"}}']
)
def test_huge(deep: bytes) -> None:
    """What is deep or huge is kept, and harms nobody."""
    reader = Reader(Ourselves(US["id"]), clock.now)

    assert [bad.raw for bad in reader.streamed([deep]).unreadable] == [deep]


def test_kept_comes_again() -> None:
    """Whatever was kept can be tried again; what is still not readable says so in a sentence."""
    reader = Reader(Ourselves(US["id"]), clock.now)
    bad = reader.listed("dm", [{"id": "5", "text": 3}], {}).unreadable[0]
    with pytest.raises(errors.Invalid) as raised:
        reader.again(bad.raw)

    assert "still not readable" in raised.value.message


def test_bad_once() -> None:
    """X shows the newest direct messages at each asking: what could not be read is handed over once."""
    reader = Reader(Ourselves(US["id"]), clock.now)
    counts = [len(reader.listed("dm", [{"text": "no number"}, {"id": 3}], {}).unreadable) for _ in range(3)]

    assert counts == [2, 0, 0]
