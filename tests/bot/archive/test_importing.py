"""Archives are taken in whole: links, times and people are right, whatever the order, however often, wherever it broke off."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot import wire
from bot.archive import importing
from bot.archive.closing import Ages
from bot.archive.reading import Line
from bot.store import media
from bot.store.database import Database
from bot.store.transaction import Transaction
from tests.bot.archive import counting
from tests.bot.archive.counting import Count
from tests.world import counters_are_true, open_bank

HEAD = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
KEYS = ["read", "added", "duplicates", "bad", "seconds"]
REAL = Path(os.environ.get("COMPTOIR_TEST_ARCHIVE", "../shared/data/twcs-many-brands.csv"))


def at(time: str) -> str:
    return f"Tue Oct 31 {time}:00 +0000 2017"


# An answer before its question, a text of two lines, two who answer a tweet that is not here, a ring with a tail, words
# that nobody answered, a brand that speaks first, the first row once more; and rows that are none.
ROWS = [
    f"3,rive,False,{at('10:05')},En privé svp,,2",
    f'2,lea,True,{at("10:00")},"@rive ma carte\nest bloquée",3,',
    f"4,lea,True,{at('10:20')},Merci,,3",
    f"10,max,True,{at('11:00')},Moi aussi,,9",
    f"11,rive,False,{at('10:50')},Bonjour à tous,,9",
    f"20,zoe,True,{at('12:00')},a,,21",
    f"21,rive,False,{at('12:10')},b,,20",
    f"22,zoe,True,{at('12:20')},c,,21",
    f"40,rive,False,{at('08:00')},Nos agences sont ouvertes.,,",
    f"50,rive,False,{at('09:00')},Nouvelle application,,",
    f"51,tom,True,{at('09:10')},Elle plante,,50",
    f"52,rive,False,{at('09:30')},On regarde,,51",
    f"3,rive,False,{at('10:05')},En privé svp,,2",
]
BAD = [
    (b"60,,,,,,", "inbound"),
    (f"x1,lea,True,{at('10:00')},quel numéro,,".encode(), "tweet_id"),
    (f"61,lea,True,{at('10:00')},trop,,,,".encode(), "columns"),
    (b"62,lea,True,hier,quand,,", "created_at"),
    (f"63,lea,True,{at('10:00')},".encode() + b"pay\xe9,,", "UTF-8"),
    (f"64,,True,{at('10:00')},qui,,".encode(), "author_id"),
    (f"65,lea,True,{at('10:00')},rien\0,,".encode(), "NUL"),
]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_bytes("\n".join([HEAD, *ROWS, ""]).encode() + b"\n".join(row for row, _ in BAD) + b"\n")
    return path


async def imported(
    database_url: str, tmp_path: Path, file: Path, module: str = "inbox", *first: str
) -> tuple[int, str, str]:
    """Run `comptoir import` as an operator does; exit code, what it said, what it complained of."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPTOIR_")}
    given = kept | {
        "COMPTOIR_DATABASE_URL": "" if database_url.startswith("sqlite") else database_url,
        "COMPTOIR_LOG_FORMAT": "json",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *first, str(file), "--channel", "archive", "--json", "--data-dir", str(tmp_path),
        env=given, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complained = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode is not None
    return process.returncode, said.decode(), complained.decode()


def figures(said: str) -> tuple[int, int, int, int]:
    """Read, added, duplicates, bad: from the last line, whose keys are promised."""
    told = json.loads(said.splitlines()[-1])
    assert list(told) == KEYS
    assert told["seconds"] > 0
    return told["read"], told["added"], told["duplicates"], told["bad"]


async def everything(database: Database) -> dict[str, int]:
    """How many rows each table has that an import could write."""
    tables = ("channel", "contact", "handle", "conversation", "message", "ticket", "event", "quarantine", "work")
    return await database.read(lambda tx: {name: count(tx, name) for name in tables})


def count(tx: Transaction, table: str) -> int:
    return int(tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def column(tx: Transaction, name: str) -> list[str]:
    """A column of all messages, in the order of their ids on the network."""
    return list(tx.connection.exec_driver_sql(f"SELECT {name} FROM message ORDER BY external_id").scalars())


def time(text: str) -> datetime:
    return datetime.strptime(f"2017-10-31 {text}+0000", "%Y-%m-%d %H:%M%z")


async def test_both_sides_in_disorder(database: Database, database_url: str, small: Path, tmp_path: Path) -> None:
    """Conversations, first answers and contacts follow the file's links, in whatever order its rows stand."""
    code, said, _ = await imported(database_url, tmp_path, small, "inbox", "import")

    assert code == 0
    assert figures(said) == (20, 12, 1, 7)
    assert await database.read(counting.in_database) == Count(
        {frozenset(ids.split()) for ids in ("2 3 4", "10 11", "20 21 22", "40", "50 51 52")},
        {
            frozenset({"2", "3", "4"}): time("10:05"),
            frozenset({"10", "11"}): None,
            frozenset({"20", "21", "22"}): time("12:10"),
            frozenset({"50", "51", "52"}): time("09:30"),
        },
        {"lea", "max", "zoe", "tom"},
        {"in": 6, "out": 6},
    )
    assert "@rive ma carte\nest bloquée" in await database.read(lambda tx: column(tx, "text"))


async def test_bad_rows_are_told_by_line(database_url: str, small: Path, tmp_path: Path) -> None:
    """Each row that is no message is named by its line in the file, with the reason; the others are taken in."""
    _, _, complained = await imported(database_url, tmp_path, small, "inbox", "import")
    first = len(ROWS) + 3  # the head and the line within a text count, too
    told = [line for line in complained.splitlines() if line.startswith("small.csv:")]

    assert [line.split(":")[1] for line in told] == [str(first + number) for number in range(len(BAD))]
    assert all(reason in line for line, (_, reason) in zip(told, BAD, strict=True))


async def test_twice_is_once(database: Database, database_url: str, small: Path, tmp_path: Path) -> None:
    """A second run of the same file changes nothing."""
    await imported(database_url, tmp_path, small, "inbox", "import")
    before = await everything(database)
    _, said, _ = await imported(database_url, tmp_path, small, "inbox", "import")

    assert figures(said) == (20, 0, 13, 7)
    assert await everything(database) == before


async def test_our_own_format(database: Database, database_url: str, tmp_path: Path) -> None:
    """NDJSON of our wire format: each line a message, an edit or a deletion; one that is none is told by line."""
    lea = wire.Person("lea", "Léa Martin", "lea")
    first = wire.InboundMessage("1", "c", lea, datetime(2017, 10, 31, 10, tzinfo=UTC), "Bonjour")
    lines = [
        msgspec.json.encode(first),
        msgspec.json.encode(msgspec.structs.replace(first, act=wire.Act.EDITED, text="Bonsoir", version="1")),
        b'{"external_id": "2"}',
        msgspec.json.encode(msgspec.structs.replace(first, external_id="3", text="rien\0")),
        b"\xff\xfe",
        msgspec.json.encode(msgspec.structs.replace(first, external_id="4", is_own=True, text="Bonsoir, Madame")),
    ]
    file = tmp_path / "own.ndjson"
    file.write_bytes(b"\n".join(lines))
    _, said, complained = await imported(database_url, tmp_path, file, "inbox", "import")
    before = await everything(database)
    _, again, _ = await imported(database_url, tmp_path, file, "inbox", "import")

    assert figures(said) == (6, 3, 0, 3)
    assert [line.split(":")[1] for line in complained.splitlines() if line.startswith("own.ndjson:")] == ["3", "4", "5"]
    assert figures(again) == (6, 0, 3, 3)
    assert await everything(database) == before
    assert await database.read(lambda tx: column(tx, "text")) == ["Bonsoir", "Bonsoir, Madame"]


def long_row(number: int) -> str:
    """Eight tweets to a conversation, each the answer to the one before, every fourth the brand's."""
    author = f"u{number // 8}" if number % 4 else "rive"
    sent_at = at(f"{number // 60 % 24:02}:{number % 60:02}")
    return f"{number},{author},{bool(number % 4)},{sent_at},mot {number},,{number - 1 if number % 8 else ''}"


@pytest.mark.slow
async def test_broken_off_and_begun_again(database: Database, database_url: str, tmp_path: Path) -> None:
    """An import killed in the middle of a transaction leaves whole chunks only; begun again, it ends as if nothing had been."""
    file = tmp_path / "long.csv"
    file.write_text("\n".join([HEAD, *(long_row(number) for number in range(2_000, 0, -1)), ""]), encoding="utf-8")
    code, _, _ = await imported(database_url, tmp_path, file, "tests.bot.archive.dying")
    half = await database.read(lambda tx: count(tx, "message"))
    _, said, _ = await imported(database_url, tmp_path, file, "inbox", "import")

    assert (code, half) == (-signal.SIGKILL, 1_000)
    assert figures(said) == (2_000, 1_000, 1_000, 0)
    assert await database.read(counting.in_database) == counting.by_links(file)


async def test_what_is_no_archive(database_url: str, tmp_path: Path) -> None:
    """A file of another kind, or none, is refused in one sentence before anything is read."""
    other = tmp_path / "other.csv"
    other.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    answers = [
        await imported(database_url, tmp_path, path, "inbox", "import") for path in (other, tmp_path / "none.csv")
    ]

    assert [code for code, _, _ in answers] == [2, 2]
    assert "other.csv is neither NDJSON" in answers[0][2]
    assert "none.csv cannot be read" in answers[1][2]


async def test_a_failed_import_leaves_no_channel(database: Database, database_url: str, tmp_path: Path) -> None:
    """No file, another layout, nothing but bad rows: no channel is made, and for the first two not even a database."""
    other, bad = tmp_path / "other.csv", tmp_path / "bad.csv"
    other.write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    bad.write_text(f"{HEAD}\n60,,,,,,\n", encoding="utf-8")
    fresh = tmp_path / "fresh"
    refused = [await imported("sqlite:", fresh, path, "inbox", "import") for path in (other, tmp_path / "none.csv")]
    code, said, _ = await imported(database_url, tmp_path, bad, "inbox", "import")

    assert [code for code, _, _ in refused] == [2, 2]
    assert not fresh.exists()
    told = json.loads(said)
    assert (code, told["read"], told["bad"]) == (0, 1, 1)
    assert await database.read(lambda tx: count(tx, "channel")) == 0


@pytest.mark.slow
@pytest.mark.skipif(
    not REAL.is_file(), reason="the public archive is not beside this checkout (COMPTOIR_TEST_ARCHIVE names it)"
)
async def test_real_tweets(database: Database, database_url: str, tmp_path: Path) -> None:
    """5,001 real rows of many brands: conversations, tickets, first answers and contacts are those of the file's own links."""
    code, said, complained = await imported(database_url, tmp_path, REAL, "inbox", "import")

    assert code == 0
    assert figures(said) == (5_001, 5_000, 0, 1)
    assert f"{REAL.name}:2590: " in complained
    assert await database.read(counting.in_database) == counting.by_links(REAL)


async def test_files_of_an_archive_are_named_and_not_asked_for(database: Database) -> None:
    """Their links are of long ago: nothing is left to be fetched."""
    file = wire.Attachment("f1", "image", "carte.jpg", "https://cdn.example/old.jpg")
    said = wire.InboundMessage("m1", "t", wire.Person("lea"), database.now(), "Voici", attachments=(file,))
    outcome = await importing.take(database, "old", [Line(1, 1, said)])
    kept = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT name, state FROM attachment").all())

    assert outcome.added == 1
    assert [tuple(row) for row in kept] == [("carte.jpg", "left")]
    assert not await database.read(media.is_any)


def spoken(database: Database, name: str, days: int, *, is_answered: bool) -> list[wire.InboundMessage]:
    """A conversation whose last word was so many days ago."""
    end = database.now() - timedelta(days=days)
    asked = wire.InboundMessage(f"{name} 1", name, wire.Person("lea"), end - timedelta(minutes=5), "Ma carte ?")
    told = wire.InboundMessage(f"{name} 2", name, wire.Person("rive"), end, "C'est fait.", is_own=True)
    return [asked, told] if is_answered else [msgspec.structs.replace(asked, sent_at=end)]


async def standing(database: Database) -> dict[str, tuple[str, int]]:
    """The state of each conversation's ticket, and how many messages wait in it."""
    question = (
        "SELECT external_id, state, unanswered_count FROM ticket JOIN conversation ON conversation.id = conversation_id"
    )
    found = await database.read(lambda tx: tx.connection.exec_driver_sql(question).all())
    return {row[0]: (row[1], row[2]) for row in found}


async def test_what_is_over_does_not_stand_in_the_queue(database: Database) -> None:
    """Answered for a week, or unanswered for thirty days: resolved as of the last word, once. What is younger waits."""
    said = [
        *spoken(database, "done", 8, is_answered=True),
        *spoken(database, "fresh", 6, is_answered=True),
        *spoken(database, "forgotten", 31, is_answered=False),
        *spoken(database, "asked", 29, is_answered=False),
    ]
    lines = [Line(number, number, one) for number, one in enumerate(said, 1)]

    first, again = await importing.take(database, "old", lines), await importing.take(database, "old", lines)

    assert (first.resolved, again.resolved) == (2, 0)
    assert await standing(database) == {
        "done": ("resolved", 0), "fresh": ("waiting", 0), "forgotten": ("resolved", 0), "asked": ("open", 1)
    }  # fmt: skip
    late = "SELECT count(*) FROM ticket WHERE state = 'resolved' AND resolved_at <> last_message_at"
    assert await database.read(lambda tx: tx.connection.exec_driver_sql(late).scalar()) == 0
    assert await database.read(counters_are_true)


async def test_what_somebody_has_and_what_is_to_stay_stays(database: Database) -> None:
    """A ticket in an agent's hand is the agent's; without ages nothing is resolved, with a longer one what is older."""
    lines = [Line(1, 1, one) for one in spoken(database, "done", 8, is_answered=True)]

    assert (await importing.take(database, "old", lines, ages=None)).resolved == 0
    assert (await importing.take(database, "old", lines, ages=Ages(answered=timedelta(days=9)))).resolved == 0
    bank = await database.write(open_bank)
    taken = f"UPDATE ticket SET assignee_id = {bank.amina}"
    await database.write(lambda tx: tx.connection.exec_driver_sql(taken))
    assert (await importing.take(database, "old", lines)).resolved == 0
    assert await standing(database) == {"done": ("waiting", 0)}
