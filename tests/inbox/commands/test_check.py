"""`comptoir check`: what is fine and what is wrong, in sentences, and the exit code by the worst of them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import wire
from bot.connectors.fake.faults import Faults
from bot.connectors.fake.network import FakeAccount, FakeNetwork
from bot.connectors.fake.server import FakeServer
from bot.desk import hearing, ingest, passwords
from bot.desk.hearing import Rules
from bot.model.agent import Role
from bot.store import agents, channels, intake, lanes, pulses
from bot.store.database import ask_once, run_once
from bot.store.transaction import Transaction
from tests.inbox.commands.conftest import Answer, Comptoir
from tests.world import Bank

SECRET = "token-that-nobody-may-read"
CHANNEL = """
is_private_network_allowed = true
[[channel]]
name = "branch"
network = "fake"
base_url = "{url}"
[channel.secrets]
token = "COMPTOIR_SECRET_BRANCH"
"""


def hire_an_admin(database_url: str) -> None:
    hashed = passwords.hashed("vigne marteau cobalt lune")
    run_once(
        database_url,
        lambda tx: agents.add(tx, email="hugo@bank.example", name="Hugo", role=Role.ADMIN, password_hash=hashed),
    )


def grades(said: Answer) -> dict[str, str]:
    """The worst grade of each thing that was looked at."""
    found = json.loads(said.out)["findings"]
    order = ("wrong", "warning", "fine")
    abouts = {one["about"] for one in found}
    return {about: min((one["grade"] for one in found if one["about"] == about), key=order.index) for about in abouts}


def ours(said: Answer) -> dict[str, str]:
    """As far as the desk decides it: a server for tests may be set not to wait for its disk, and is told so."""
    return {about: grade for about, grade in grades(said).items() if about != "Database"}


@pytest.fixture
def branch(comptoir: Comptoir, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "CheckOnNetwork":
    """A desk with an admin and one channel, on a network that answers."""
    hire_an_admin(database_url)
    monkeypatch.setenv("COMPTOIR_SECRET_BRANCH", SECRET)
    return CheckOnNetwork(comptoir, tmp_path)


class CheckOnNetwork:
    """`check` while a fake network answers, after `trouble` has been made for the account."""

    def __init__(self, comptoir: Comptoir, folder: Path) -> None:
        self.comptoir = comptoir
        self.folder = folder

    def __call__(self, faults: Faults | None = None, *, is_listening: bool = True, token: str = SECRET) -> Answer:
        return asyncio.run(self._run(faults or Faults(), token, is_listening=is_listening))

    async def _run(self, faults: Faults, token: str, *, is_listening: bool) -> Answer:
        network = FakeNetwork()
        account: FakeAccount = network.account("branch", token)
        account.faults = faults
        server = FakeServer(network)
        await server.start()
        (self.folder / "comptoir.toml").write_text(CHANNEL.format(url=server.url), encoding="utf-8")
        if not is_listening:
            await server.refuse()
        try:
            return await asyncio.to_thread(self.comptoir, "check", "--json")
        finally:
            await server.stop()


def test_all_is_fine(branch: CheckOnNetwork) -> None:
    """With a database, an admin and a channel that answers, every finding is fine, and so is the exit code."""
    said = branch()

    assert set(ours(said).values()) == {"fine"}
    assert {"Configuration", "Sign-in", "Channel branch"} <= ours(said).keys()
    assert said.code == {"fine": 0, "wrong": 2}[grades(said)["Database"]]


def test_bad_credentials(branch: CheckOnNetwork) -> None:
    """A token that the network refuses is wrong, says what to do, and is not shown."""
    said = branch(token="another")
    (found,) = [one for one in json.loads(said.out)["findings"] if one["about"] == "Channel branch"]

    assert said.code == 2
    assert "Bad credentials" in found["sentence"]
    assert "token" in found["remedy"]
    assert SECRET not in said.out + said.err


def test_unreachable_network(branch: CheckOnNetwork) -> None:
    """A network that does not answer now is a warning: the desk tries again by itself."""
    said = branch(is_listening=False)

    assert ours(said)["Channel branch"] == "warning"
    assert "wrong" not in ours(said).values()


def test_private_network(branch: CheckOnNetwork, comptoir: Comptoir, tmp_path: Path) -> None:
    """Of a network at a private address, which nobody has allowed, the setting is named that allows it."""
    branch()
    (tmp_path / "comptoir.toml").write_text(
        CHANNEL.format(url="http://127.0.0.1:9").partition("\n")[2].partition("\n")[2]
    )
    (found,) = [one for one in json.loads(comptoir("check", "--json").out)["findings"] if "branch" in one["about"]]

    assert found["grade"] == "warning"
    assert "COMPTOIR_IS_PRIVATE_NETWORK_ALLOWED" in found["remedy"]


async def test_demo_that_runs(comptoir: Comptoir, database_url: str) -> None:
    """Its network stands on this machine, and what its contacts said of old is not late: both are fine."""
    network = FakeNetwork()
    network.account("rive")
    server = FakeServer(network)
    await server.start()

    def stage(tx: Transaction) -> None:
        id_ = channels.save(tx, name="rive", title="Rive", network="fake", base_url=server.url, is_demo=True)
        said = wire.InboundMessage("m1", "t", wire.Person("lea"), tx.now - timedelta(hours=9), "Bonjour")
        ingest.take(tx, [hearing.prepare(id_, said)], Rules())

    await asyncio.to_thread(run_once, database_url, stage)
    said = await asyncio.to_thread(comptoir, "check", "--json")
    await server.stop()

    assert grades(said)["Channel rive"] == "fine"


def test_missing_secret(branch: CheckOnNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret's environment variable that is not set is named, with the setting that it is for."""
    monkeypatch.delenv("COMPTOIR_SECRET_BRANCH")
    said = branch()

    assert said.code == 2
    assert "COMPTOIR_SECRET_BRANCH is not set" in said.out


def test_channels_that_cannot_be(comptoir: Comptoir, tmp_path: Path) -> None:
    """A network that there is not, a setting that is missing and one that nobody knows are each named."""
    (tmp_path / "comptoir.toml").write_text(
        '[[channel]]\nname = "a"\nnetwork = "nowhere"\n'
        '[[channel]]\nname = "b"\nnetwork = "signed"\n[channel.options]\nlimmit = "7"\n',
        encoding="utf-8",
    )
    said = comptoir("check")

    assert said.code == 2
    assert "Channel a: There is no network 'nowhere'." in said.out
    assert "Channel b: secret is not set." in said.out
    assert "limmit" in said.out


def test_all_that_a_channel_was_told_wrong(comptoir: Comptoir, tmp_path: Path) -> None:
    """Each option, though a secret is missing too; an address that is needed is named as the page names it."""
    (tmp_path / "comptoir.toml").write_text(
        '[[channel]]\nname = "m"\nnetwork = "mastodon"\n[channel.secrets]\ntoken = "COMPTOIR_SECRET_NOWHERE"\n'
        '[[channel]]\nname = "p"\nnetwork = "messenger"\n'
        '[channel.options]\npage_id = "our page"\napp_id = "7"\nhuman_agent = "oui"\nlook_every = "soon"\n',
        encoding="utf-8",
    )
    said = comptoir("check")

    assert said.code == 2
    assert "Channel m: Address of the instance (base_url) is not set." in said.out
    assert "The environment variable COMPTOIR_SECRET_NOWHERE is not set." in said.out
    for name in ("page_id", "human_agent", "look_every"):
        assert f"Channel p: `{name}` is " in said.out
    assert "Channel p: token is not set." in said.out


@pytest.mark.parametrize(
    ("public_url", "said"),
    [
        ("", "whose address is not set"),
        ("http://desk.example.org", "does not begin with https://"),
        ("https://desk.example.org", ""),
    ],
)
def test_a_network_that_calls_must_reach_the_desk(
    comptoir: Comptoir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, public_url: str, said: str
) -> None:
    """Every network that is heard by webhook warns of an address that it cannot call, also those that can be asked besides."""
    monkeypatch.setenv("COMPTOIR_PUBLIC_URL", public_url)
    (tmp_path / "comptoir.toml").write_text('[[channel]]\nname = "p"\nnetwork = "messenger"\n', encoding="utf-8")
    warned = [line for line in comptoir("check").out.splitlines() if "Its network must reach this desk" in line]

    assert len(warned) == bool(said)
    assert all(said in line for line in warned)


def test_nobody_can_sign_in(comptoir: Comptoir) -> None:
    """A desk without an admin and without channels works, but is told what it lacks."""
    said = comptoir("check")

    assert said.code != 0
    assert "There is no admin who can sign in." in said.out
    assert "comptoir add-agent" in said.out
    assert "There are none: nothing is heard." in said.out


@pytest.mark.parametrize(
    ("name", "given", "allowed"),
    [
        ("PORT", "99999", "65535"),
        ("TIME_ZONE", "Mars/Olympus", "Europe/Paris"),
        ("PUBLIC_URL", "desk.example.org", "https://"),
        ("DEFAULT_LOCALE", "de", "'fr' or 'en'"),
    ],
)
def test_wrong_setting(
    comptoir: Comptoir, monkeypatch: pytest.MonkeyPatch, name: str, given: str, allowed: str
) -> None:
    """A setting that is not allowed is named, with what was given and what is allowed; `serve` refuses with the same words."""
    monkeypatch.setenv(f"COMPTOIR_{name}", given)
    checked, served = comptoir("check"), comptoir("serve")

    assert checked.code == served.code == 2
    for said in (checked.out, served.err):
        assert all(words in said for words in (name.lower(), given, allowed))


def test_wrong_database_address(comptoir: Comptoir, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's address, which holds a password, is not repeated."""
    monkeypatch.setenv("COMPTOIR_DATABASE_URL", "mysql://root:hunter2@db/desk")
    said = comptoir("check")

    assert said.code == 2
    assert "postgresql://" in said.out
    assert "hunter2" not in said.out + said.err


def test_unreachable_database(comptoir: Comptoir, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    """A server that does not answer is wrong, with what it said, without the password; `serve` stops with a sentence."""
    monkeypatch.setenv("COMPTOIR_DATABASE_URL", f"postgresql://desk:hunter2@127.0.0.1:{unused_tcp_port}/desk")
    checked, served = comptoir("check"), comptoir("serve")

    assert (checked.code, served.code) == (2, 1)
    for said in (checked.out, served.err):
        assert "refused" in said
        assert "hunter2" not in said


def test_database_that_may_lose(comptoir: Comptoir, database_url: str) -> None:
    """A database whose acknowledgements would not survive a loss of power is wrong; one that waits for its disk is fine."""
    question = "SHOW fsync" if database_url.startswith("postgresql") else "SELECT 'on'"
    is_durable = ask_once(database_url, lambda tx: tx.connection.exec_driver_sql(question).scalar_one()) == "on"
    said = comptoir("check", "--json")

    assert grades(said)["Database"] == ("fine" if is_durable else "wrong")
    assert ("fsync is off" in said.out) is not is_durable


def test_what_waits_for_somebody(comptoir: Comptoir, database_url: str, bank: Bank) -> None:
    """What is in quarantine is told, with the command that shows it."""
    run_once(database_url, lambda tx: intake.set_aside(tx, bank.x, b"?", "Unreadable.", is_wire=False))
    said = comptoir("check")

    assert "1 could not be taken in." in said.out
    assert "comptoir quarantine list" in said.out


def test_folder_that_cannot_be_written(comptoir: Comptoir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder that is a file is wrong, and nothing is made by looking."""
    monkeypatch.delenv("COMPTOIR_DATABASE_URL", raising=False)
    (tmp_path / "taken").write_text("not a folder")
    said = comptoir("check", "--data-dir", str(tmp_path / "taken"))
    absent = comptoir("check", "--data-dir", str(tmp_path / "absent"))

    assert (said.code, absent.code) == (2, 1)
    assert "is no folder" in said.out
    assert not (tmp_path / "absent").exists()


def test_what_the_desk_has_noted_of_its_channels_is_told(branch: CheckOnNetwork, database_url: str) -> None:
    """A lane that rests and a silence longer than the network keeps are warnings; a silence that was filled in is fine."""
    branch()
    now = datetime.now(UTC)
    hour = timedelta(hours=1)

    def trouble(tx: Transaction) -> None:
        id_ = channels.save(tx, name="branch", title="Branch", network="fake")
        pulses.beat(tx, id_)
        pulses.open_gap(tx, id_, now - 3 * hour, now - 2 * hour, 0, is_reached=False)
        for _ in range(lanes.STRIKES):
            lanes.fail(tx, id_, "The network is down.", hour)

    run_once(database_url, trouble)
    sentences = [one["sentence"] for one in json.loads(branch().out)["findings"] if one["grade"] == "warning"]

    assert any("Sending rests since" in sentence and "The network is down." in sentence for sentence in sentences)
    assert any("longer than its network keeps" in sentence for sentence in sentences)
