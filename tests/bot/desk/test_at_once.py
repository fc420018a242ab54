"""Two processes take the same name at the same moment: one has it, the other reads the sentence that the form has for it."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from bot import errors
from bot.clock import HeldClock
from bot.desk import canned, channelling, staffing
from bot.desk.channelling import Connection
from bot.desk.staffing import Post
from bot.model.event import SYSTEM
from bot.store import agents, canned_replies, channels, teams
from bot.store.database import Database
from bot.store.transaction import Transaction

Verb = Callable[[Transaction], object]


def hire(tx: Transaction) -> int:
    post = Post(email="nadia@bank.example", name="Nadia", role="agent")
    return staffing.hire(tx, post, by=SYSTEM, password_hash="")


def found_team(tx: Transaction) -> int:
    return staffing.found_team(tx, name="Fraude", branch="", agent_ids=(), by=SYSTEM)


def save_canned(tx: Transaction) -> int:
    words = {"shortcut": "merci", "title": "Merci", "text_fr": "Merci.", "text_en": ""}
    return canned.save(tx, None, **words, is_safe_in_public=True, by=SYSTEM)


def connect(tx: Transaction) -> int:
    return channelling.connect(tx, Connection("x-nord", "X Nord", "fake"), required=(), by=SYSTEM)


@pytest.mark.parametrize(
    ("verb", "room", "keep", "all_of", "error", "sentence"),
    [
        (hire, agents, "add", agents.all, errors.Invalid, "Somebody has this e-mail address already."),
        (found_team, teams, "add", teams.all, errors.Invalid, "There is a team of this name already."),
        (save_canned, canned_replies, "save", canned_replies.all, errors.Conflict, "The shortcut /merci is that of “Merci”."),
        (connect, channels, "add", channels.all, errors.Invalid, "There is a channel of this name already."),
    ],
)  # fmt: skip
async def test_the_second_of_two_at_once_reads_the_usual_sentence(
    database_url: str, clock: HeldClock, monkeypatch: pytest.MonkeyPatch,
    verb: Verb, room: object, keep: str, all_of: Verb, error: type[Exception], sentence: str,
) -> None:  # fmt: skip
    """Both have looked and found the name free before either has it; on SQLite the second cannot even look so early."""
    first, second = Database(database_url, now=clock), Database(database_url, now=clock)
    await first.open()
    await second.open()
    both, have_looked = threading.Barrier(2), threading.Event()
    truly = getattr(room, keep)

    def kept(tx: Transaction, *given: object, **values: object) -> object:
        if tx.dialect == "postgresql" and not have_looked.is_set():
            both.wait(20)
            have_looked.set()
        return truly(tx, *given, **values)

    monkeypatch.setattr(room, keep, kept)
    told = await asyncio.gather(first.write(verb), second.write(verb), return_exceptions=True)
    made = await first.read(all_of)
    await first.close()
    await second.close()

    (refused,) = [one for one in told if isinstance(one, BaseException)]
    assert (type(refused), str(refused)) == (error, sentence)
    assert isinstance(made, tuple)
    assert len(made) == 1
