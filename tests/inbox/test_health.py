"""What those who watch the desk are told."""

import asyncio
import threading
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update

from bot import wire
from bot.desk import channelling, hearing, ingest
from bot.desk.channelling import Connection
from bot.model.channel import Lane
from bot.model.columns import table
from bot.model.event import SYSTEM
from bot.model.message import Attachment
from bot.settings import Settings
from bot.store import channels, intake, lanes, writer
from bot.store.transaction import Transaction
from inbox import health
from tests.inbox.conftest import House


async def test_a_desk_that_runs_is_live_and_ready(house: House) -> None:
    """Both answer 200, to anybody, without a session."""
    for path in ("/health/live", "/health/ready"):
        answer = await house.client.get(path)
        assert answer.status == 200
    assert (await answer.json()) == {"state": "ready", "wrong": []}


async def test_a_desk_whose_database_is_old_or_whose_loop_is_silent_is_not_ready(house: House) -> None:
    """503, with a sentence for each reason, so that a balancer sends nobody here."""
    await house.engine.database.write(
        lambda tx: tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    )
    house.engine.heartbeats.last["listening"] = 0.0
    answer = await house.client.get("/health/ready")
    wrong = (await answer.json())["wrong"]
    assert answer.status == 503
    assert "comptoir migrate" in wrong[0]
    assert "The loop listening has not turned" in wrong[1]


async def test_a_stuck_writer_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one commit takes too long the desk is not ready, and says that it is the writer."""
    monkeypatch.setattr(writer, "STUCK", 0.0)
    begun, go_on = threading.Event(), threading.Event()

    def stuck(_: Transaction) -> None:
        begun.set()
        assert go_on.wait(20)

    writing = asyncio.create_task(house.engine.database.write(stuck))
    assert await asyncio.to_thread(begun.wait, 20)
    answer = await house.client.get("/health/ready")
    go_on.set()
    await writing
    assert answer.status == 503
    assert "writer has been busy" in (await answer.json())["wrong"][0]


async def test_the_intake_and_the_live_stream_are_watched(house: House) -> None:
    """Both say that they turn, like every loop, and neither is excused for being silent."""
    assert {"intake", "live"} <= set(house.engine.heartbeats.last) - health.ENDLESS


async def test_the_figures_are_those_of_the_desk(house: House) -> None:
    """Prometheus can read them: states of channels, the quarantine, the hooks' answers; no words are in them."""
    wanted = Connection("nord", "Telegram Nord", "telegram")

    def prepare(tx: Transaction) -> None:
        id_ = channelling.connect(tx, wanted, required=(), by=SYSTEM)
        channels.note_health(tx, id_, wire.ChannelHealth(wire.Health.INTERRUPTED, "canary-reason"))
        channelling.pause(tx, id_, by=SYSTEM)  # so that its state stays what it is, whatever its door finds
        intake.set_aside(tx, id_, b"canary-payload", "canary", is_wire=False)

    await house.engine.database.write(prepare)
    assert (await house.client.post("/hooks/nobody", data=b"{}")).status == 404
    text = await (await house.client.get("/metrics")).text()
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["comptoir_quarantine",] == 1
    assert found["comptoir_channel_state", ("channel", "nord"), ("state", "paused")] == 1
    assert found["comptoir_channel_state", ("channel", "nord"), ("state", "connected")] == 0
    assert found["comptoir_hooks_total", ("status", "404")] == 1
    assert found["comptoir_hook_seconds_count",] == 1
    assert found["comptoir_loop_turning", ("loop", "doors")] == 1
    assert "canary" not in text


async def figures(house: House) -> dict[tuple[object, ...], float]:
    """What /metrics gives, by name and labels."""
    text = await (await house.client.get("/metrics")).text()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_how_late_a_channel_is_heard_is_told(house: House) -> None:
    """The newest message's lag and what 99 in 100 kept within; a channel that heard nothing has none."""

    def prepare(tx: Transaction) -> None:
        heard = channelling.connect(tx, Connection("nord", "Nord", "telegram"), required=(), by=SYSTEM)
        channelling.connect(tx, Connection("midi", "Midi", "telegram"), required=(), by=SYSTEM)
        for number, late in enumerate((90, 4)):
            at = tx.now - timedelta(seconds=late)
            said = wire.InboundMessage(f"m{number}", f"c{number}", wire.Person("lea", "Léa"), at, "canary-words")
            ingest.take(tx, [hearing.prepare(heard, said)], hearing.Rules())

    await house.engine.database.write(prepare)
    found = await figures(house)
    assert found["comptoir_channel_lag_seconds", "nord"] == 4
    assert found["comptoir_channel_lag_p99_seconds", "nord"] == 90
    assert ("comptoir_channel_lag_seconds", "midi") not in found
    assert not [name for name in found if "canary" in str(name)]


@pytest.mark.parametrize(
    ("failures", "after", "now"),
    [(0, 0, "open"), (1, 600, "open"), (lanes.STRIKES, 600, "shut"), (lanes.STRIKES, -600, "half_open")],
)
async def test_a_lane_is_open_shut_or_half_open(house: House, failures: int, after: int, now: str) -> None:
    """One of the three at a time, with the seconds that the network wants us to rest; never its own words."""

    def prepare(tx: Transaction) -> None:
        id_ = channelling.connect(tx, Connection("nord", "Nord", "telegram"), required=(), by=SYSTEM)
        until = tx.now + timedelta(seconds=after)
        if failures:
            row = Lane(
                channel_id=id_, failures=failures, reason="canary", failing_since=tx.now, rests_until=until
            ).model_dump()
            tx.connection.execute(insert(table(Lane)).values(row))

    await house.engine.database.write(prepare)
    found = await figures(house)
    ways = {way: found["comptoir_channel_lane", "nord", way] for way in ("open", "shut", "half_open")}
    assert ways == dict.fromkeys(ways, 0.0) | {now: 1.0}
    assert found["comptoir_channel_rest_seconds", "nord"] == pytest.approx(max(after, 0), abs=60)
    assert not [name for name in found if "canary" in str(name)]


async def test_files_are_told_by_what_became_of_them(house: House) -> None:
    """Those that wait, and of the newest those kept, refused and not to be had."""

    def prepare(tx: Transaction) -> None:
        id_ = channelling.connect(tx, Connection("nord", "Nord", "telegram"), required=(), by=SYSTEM)
        channelling.pause(tx, id_, by=SYSTEM)
        names = ("waits", "kept", "refused", "failed", "failed", "left")
        sent = tuple(wire.Attachment(f"f{number}", "file", name) for number, name in enumerate(names))
        said = wire.InboundMessage("m", "c", wire.Person("lea", "Léa"), tx.now, "voilà", attachments=sent)
        ingest.take(tx, [hearing.prepare(id_, said)], hearing.Rules())
        later = tx.now + timedelta(hours=1)
        tx.connection.execute(update(table(Attachment)).values(due_at=later))  # so that nobody fetches them meanwhile
        became = update(table(Attachment)).where(table(Attachment).c.name != "waits")
        tx.connection.execute(became.values(state=table(Attachment).c.name))

    await house.engine.database.write(prepare)
    found = await figures(house)
    states = {state: found["comptoir_files", state] for state in ("waiting", "kept", "refused", "failed")}
    assert states == {"waiting": 1, "kept": 1, "refused": 1, "failed": 2}


async def test_a_proxy_does_not_make_strangers_local(house: House) -> None:
    """Without a token only this machine sees the figures, and nobody whom a proxy lets through."""
    assert (await house.client.get("/metrics")).status == 200
    assert (await house.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.5"})).status == 404


class TestWithAToken:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"metrics_token": "a long token of the operator's"})

    @pytest.mark.parametrize(
        ("given", "status"), [("Bearer a long token of the operator's", 200), ("Bearer wrong", 404), ("", 404)]
    )
    async def test_only_the_token_opens_the_figures(self, house: House, given: str, status: int) -> None:
        """With a token set, being on this machine is not enough."""
        assert (await house.client.get("/metrics", headers={"Authorization": given})).status == status


def test_times_fall_into_their_buckets() -> None:
    """A time is counted in the first bucket that is not smaller, the slowest in the last."""
    hooks = health.Hooks()
    for seconds in (0.0005, 0.001, 0.0011, 99.0):
        hooks.note(200, seconds)
    assert hooks.by_time[:2] == [2, 1]
    assert hooks.by_time[-1] == 1
    assert hooks.by_status == {200: 4}
