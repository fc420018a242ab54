"""`comptoir add-agent`."""

import io

import pytest

from bot.desk import passwords, signing_in
from bot.store import agents, teams
from bot.store.agents import AgentRow
from bot.store.database import ask_once, run_once
from tests.inbox.commands.conftest import Comptoir
from tests.world import Bank

GOOD = "vigne marteau cobalt lune"
ANN = ("add-agent", "Ann@Bank.example", "--name", "Ann Lee")


def ann(database_url: str) -> AgentRow | None:
    return ask_once(database_url, lambda tx: agents.by_email(tx, "ann@bank.example"))


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(GOOD + "\n"))


@pytest.mark.usefixtures("piped")
def test_password(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """Whoever is added with a password can sign in with it, and has the post that was given."""
    said = comptoir(*ANN, "--role", "supervisor", "--languages", "en,fr", "--team", "Nord", "--password-stdin")
    added = ann(database_url)

    assert said.code == 0
    assert added is not None
    assert passwords.is_right(added.password_hash, GOOD)
    assert (added.role, added.spoken, added.team_ids) == ("supervisor", ("en", "fr"), (bank.nord,))
    assert GOOD not in said.out + said.err


def test_typed_twice(comptoir: Comptoir, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password typed on the terminal is asked for twice; when the two differ, nobody is added."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([GOOD, GOOD + "!", GOOD, GOOD])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))

    assert comptoir(*ANN).code == 2
    assert ann(database_url) is None
    assert comptoir(*ANN).code == 0
    assert ann(database_url) is not None


def test_invitation(comptoir: Comptoir, database_url: str) -> None:
    """A link is printed with which the new agent, and only they, may choose a password, once."""
    said = comptoir(*ANN, "--invite")
    secret = said.out.rpartition("token=")[2].strip()
    added = ann(database_url)

    assert added is not None
    assert added.password_hash == ""
    assert run_once(database_url, lambda tx: signing_in.accept(tx, secret, passwords.hashed(GOOD))) == added.id


@pytest.mark.parametrize("password", ["short", "motdepasse2026", "annlee@bank.example"])
def test_weak_password(comptoir: Comptoir, database_url: str, monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    """A password that is easy to guess is refused with a sentence, and nobody is added."""
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    said = comptoir(*ANN, "--password-stdin")

    assert said.code == 2
    assert "password" in said.err
    assert ann(database_url) is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (("add-agent", "nobody", "--name", "Ann"), "e-mail address"),
        ((*ANN, "--languages", "de"), "--languages"),
        ((*ANN, "--team", "Ouest"), "Ouest"),
        ((*ANN, "--role", "king"), "--role"),
    ],
)
def test_wrong_post(comptoir: Comptoir, database_url: str, changed: tuple[str, ...], named: str) -> None:
    """What cannot be a post is refused by name, and nobody is added."""
    said = comptoir(*changed, "--invite")

    assert said.code == 2
    assert named in said.err
    assert ask_once(database_url, agents.count) == 0
    assert ask_once(database_url, teams.all) == ()


def test_taken_address(comptoir: Comptoir, database_url: str) -> None:
    """An address is one person's."""
    comptoir(*ANN, "--invite")
    said = comptoir(*ANN, "--invite")

    assert said.code == 2
    assert "address already" in said.err
    assert ask_once(database_url, agents.count) == 1
