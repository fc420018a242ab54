"""`comptoir watch`: scores beside counts, and an archive past the detector."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot import wire
from bot.watch.usual import DAY, HOUR
from inbox.__main__ import main
from tests.bot.watch import stream
from tests.bot.watch.stream import MONDAY


def counts(tmp_path: Path, rows: list[str]) -> str:
    file = tmp_path / "counts.csv"
    file.write_text("\n".join(["timestamp,value", *rows]), encoding="utf-8")
    return str(file)


def test_score_adds_a_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Times and counts come back as they were written, and the one burst scores above 0.5."""
    start = datetime(2026, 3, 2)  # noqa: DTZ001  as such files have it
    values = [10 + at % 7 for at in range(2_000)]
    values[1_500] = 900
    file = counts(tmp_path, [f"{start + at * timedelta(minutes=5)},{value}" for at, value in enumerate(values)])

    assert main(["watch", "score", file]) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["timestamp"] for row in rows][:2] == ["2026-03-02 00:00:00", "2026-03-02 00:05:00"]
    assert [int(row["value"]) for row in rows] == values
    assert [at for at, row in enumerate(rows) if float(row["score"]) >= 0.5] == [1_500]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["2026-03-02 00:00:00,1", "yesterday,2"], "counts.csv:3: this is not a time and a count."),
        (["2026-03-02 00:00:00,1", "2026-03-02 00:05:00,-2"], "counts.csv:3: a count is zero or more."),
        (["2026-03-02 00:00:00,nan"], "counts.csv:2: a count is zero or more."),
        ([], "There must be at least two rows with different times."),
    ],
)
def test_score_names_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], sentence: str
) -> None:
    """A time, a count or a file that is none: exit code 2 and the line."""
    assert main(["watch", "score", counts(tmp_path, rows)]) == 2

    assert sentence in capsys.readouterr().err


def archive(tmp_path: Path) -> str:
    """Ten ordinary days and an outage, in our wire format."""
    usual = stream.usual(1, start=MONDAY, seconds=10 * DAY, a_day=400)
    outage = stream.outage(3, start=MONDAY + 9 * DAY + 12 * HOUR, seconds=HOUR, an_hour=40)
    told = [
        wire.InboundMessage(
            one.id, one.id, wire.Person(one.person), datetime.fromtimestamp(one.at, UTC), one.text, is_public=True
        )
        for one in sorted([*usual, *outage], key=lambda one: one.at)
    ]
    ours = msgspec.structs.replace(told[-1], external_id="ours", is_own=True)
    file = tmp_path / "archive.ndjson"
    file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in [*told, ours]) + b"\nrubbish\n")
    return str(file)


def test_replay_tells_each_incident_and_what_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object for the outage, one at the end; the brand's own words and rubbish are not asked."""
    file = archive(tmp_path)

    assert main(["watch", "replay", file, "--json"]) == 0

    *found, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(found) == 1
    assert {"suspected_at", "first_message_at", "people", "messages", "words", "score", "severity"} <= set(found[0])
    assert "2026-03-11T12" in found[0]["suspected_at"]
    assert found[0]["first_message_at"] <= found[0]["suspected_at"]
    assert any(id_.startswith("o3-") for id_ in found[0]["messages"])
    assert last["messages_read"] > 3_000
    assert last["bad_lines"] == 1
    assert last["seconds"] > 0


def test_replay_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """When, how many people, since when; and how many incidents there were."""
    assert main(["watch", "replay", archive(tmp_path)]) == 0

    told = capsys.readouterr().out
    assert told.startswith("2026-03-11T12")
    assert "people since 2026-03-11T1" in told
    assert "1 incidents would have been suspected." in told


def test_thresholds_come_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Deaf thresholds find nothing in the same archive."""
    settings = tmp_path / "deaf.toml"
    settings.write_text("score = 500\nunknown_score = 500\n", encoding="utf-8")

    assert main(["watch", "replay", archive(tmp_path), "--json", "--settings", str(settings)]) == 0

    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("text", ["loudness = 3", "score = 'much'", "{", "\x00"])
def test_wrong_thresholds_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """An unknown name, a wrong type, broken JSON, no text: exit code 2 and a sentence."""
    settings = tmp_path / "wrong.toml"
    settings.write_text(text, encoding="utf-8")

    assert main(["watch", "replay", archive(tmp_path), "--settings", str(settings)]) == 2

    assert "wrong.toml holds no thresholds" in capsys.readouterr().err
