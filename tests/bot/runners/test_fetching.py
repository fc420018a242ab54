"""Files are fetched after their message is committed: once, again later where the network is busy, and not for ever."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from PIL import Image

from bot import errors, wire
from bot.clock import HeldClock
from bot.connectors.base import Connector
from bot.desk import hearing, ingest
from bot.runners import fetching
from bot.runners.fetching import Fetching
from bot.store import events, media
from bot.store.database import Database
from bot.store.media import FileRow
from tests.world import Bank


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "blue").save(out, "JPEG")
    return out.getvalue()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""


@dataclass
class Links:
    """What answers under each link; asked for, in order."""

    answers: dict[str, Answer | errors.ComptoirError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        return None

    async def get(self, url: str, *, headers: Mapping[str, str]) -> Answer:
        assert not headers
        self.asked.append(url)
        answer = self.answers[url]
        if isinstance(answer, errors.ComptoirError):
            raise answer
        return answer


class ByToken:
    """A connector whose files need its token."""

    async def fetch(self, file: wire.Attachment) -> bytes:
        if file.external_id == "gone":
            raise errors.Refused(fetching.GONE)
        return b"%PDF-1.7 " + file.external_id.encode()


class ByLink:
    """A connector that gives plain links."""


LINK = "https://cdn.example/a.jpg"


@dataclass
class Desk:
    database: Database
    bank: Bank
    links: Links = field(default_factory=Links)
    connector: Any = field(default_factory=ByLink)

    async def sent(self, *files: wire.Attachment, external_id: str = "m1") -> None:
        now = self.database.now()
        said = wire.InboundMessage(external_id, "t", wire.Person("lea"), now, "Voici", attachments=files)
        heard = [hearing.prepare(self.bank.telegram, said)]
        await self.database.write(lambda tx: ingest.take(tx, heard, hearing.Rules()))

    async def turn(self, times: int = 1) -> None:
        loop = Fetching(self.database, lambda _: cast("Connector", self.connector), self.links)
        async with asyncio.timeout(30):
            for _ in range(times):
                await loop.turn()

    async def files(self) -> list[FileRow]:
        def all_of(tx: Any) -> list[FileRow]:
            ids = tx.connection.exec_driver_sql("SELECT id FROM message").scalars().all()
            return media.of_messages(tx, ids)

        return await self.database.read(all_of)

    async def addresses(self) -> list[str]:
        """Those that the database holds."""
        return await self.database.read(
            lambda tx: list(tx.connection.exec_driver_sql("SELECT url FROM attachment ORDER BY id").scalars())
        )

    async def kept(self) -> int:
        return await self.database.read(
            lambda tx: int(tx.connection.exec_driver_sql("SELECT count(*) FROM media").scalar_one())
        )


async def test_a_picture_is_kept_with_its_thumbnail(database: Database, bank: Bank) -> None:
    """After the commit it is asked for once, kept twice in two sizes, and the ticket's windows are told."""
    desk = Desk(database, bank, Links({LINK: Answer(200, jpeg())}))
    await desk.sent(wire.Attachment("f1", "image", "carte.jpg", LINK))
    (before,) = await desk.files()
    await desk.turn(2)
    (file,) = await desk.files()

    assert (before.state, file.state, desk.links.asked) == ("", "kept", [LINK])
    assert (file.width, file.height, await desk.kept()) == (320, 240, 2)
    (told,) = await database.read(lambda tx: events.latest(tx, noun="attachment"))
    assert (told.kind, told.body["message"]) == ("attachment.kept", file.message_id)
    assert told.ticket_id is not None


async def test_where_it_was_is_forgotten(database: Database, bank: Bank) -> None:
    """An address is asked exactly as it came, whatever number is in it, and is kept no longer than somebody will ask there."""
    link, gone = "https://cdn.example/4970100000000014_n.jpg", "https://cdn.example/4970100000000022_n.jpg"
    desk = Desk(database, bank, Links({link: Answer(200, jpeg()), gone: Answer(404)}))
    await desk.sent(wire.Attachment("f1", "image", "", link), wire.Attachment("f2", "image", "", gone))
    before = await desk.addresses()
    await desk.turn(2)

    assert sorted(desk.links.asked) == before == [link, gone]
    assert [file.state for file in await desk.files()] == ["kept", "failed"]
    assert await desk.addresses() == ["", ""]


async def test_a_network_that_is_busy_is_asked_again_later(database: Database, bank: Bank, clock: HeldClock) -> None:
    """Told to come later, it is not asked before its time; then it is kept."""
    desk = Desk(database, bank, Links({LINK: Answer(503)}))
    await desk.sent(wire.Attachment("f1", url=LINK))
    await desk.turn(2)
    assert len(desk.links.asked) == 1

    desk.links.answers[LINK] = Answer(200, jpeg())
    clock.advance(fetching.FIRST_WAIT)
    await desk.turn()
    assert [file.state for file in await desk.files()] == ["kept"]


async def test_it_is_not_asked_for_ever(database: Database, bank: Bank, clock: HeldClock) -> None:
    """After six tries it has failed, with the last reason."""
    desk = Desk(database, bank, Links({LINK: errors.TryLater("The network does not pick up.")}))
    await desk.sent(wire.Attachment("f1", url=LINK))
    for _ in range(fetching.ATTEMPTS + 2):
        await desk.turn()
        clock.advance(fetching.LONGEST_WAIT)
    (file,) = await desk.files()

    assert (file.state, file.reason) == ("failed", "The network does not pick up.")
    assert len(desk.links.asked) == fetching.ATTEMPTS


async def test_what_cannot_be_had_or_kept_says_why(database: Database, bank: Bank) -> None:
    """An expired link has failed; a page, a forbidden address and too many bytes are refused; one stops no other."""
    desk = Desk(
        database,
        bank,
        Links(
            {
                "gone": Answer(403),
                "page": Answer(200, b"<html>"),
                "inner": errors.Refused("No."),
                "fine": Answer(200, jpeg()),
            }
        ),
    )
    large = wire.Attachment("large", url="fine", size=fetching.MOST_BYTES + 1)
    named = [wire.Attachment(name, url=name) for name in ("gone", "page", "inner", "fine")]
    await desk.sent(*named, large, wire.Attachment("nowhere"))
    await desk.turn()
    found = {file.reason: file.state for file in await desk.files()}

    assert found == {
        fetching.GONE: "failed",
        "This kind of file is not kept here.": "refused",
        "No.": "refused",
        "": "kept",
        fetching.TOO_LARGE: "refused",
        fetching.NOWHERE: "left",
    }
    assert "fine" in desk.links.asked and len(desk.links.asked) == 4


async def test_a_connector_fetches_what_needs_its_token(database: Database, bank: Bank) -> None:
    """Where the connector promises to, it is asked and no link is followed."""
    desk = Desk(database, bank, connector=ByToken())
    await desk.sent(wire.Attachment("f1", url=LINK), wire.Attachment("gone", url=LINK))
    await desk.turn()

    assert sorted(file.state for file in await desk.files()) == ["failed", "kept"]
    assert desk.links.asked == []


async def test_files_go_with_their_message_unless_another_has_the_same(database: Database, bank: Bank) -> None:
    """Two messages carry one picture, which is kept once; it goes with the second that is taken back."""
    desk = Desk(database, bank, Links({LINK: Answer(200, jpeg())}))
    for name in ("m1", "m2"):
        await desk.sent(wire.Attachment("f1", url=LINK), external_id=name)
    await desk.turn()
    left = [await desk.kept()]
    for name in ("m1", "m2"):
        said = wire.InboundMessage(name, "t", wire.Person("lea"), database.now(), act=wire.Act.DELETED)
        heard = [hearing.prepare(bank.telegram, said)]
        await database.write(lambda tx, heard=heard: ingest.take(tx, heard, hearing.Rules()))
        left.append(await desk.kept())

    assert left == [2, 2, 0]


async def test_nothing_is_kept_of_a_message_that_was_taken_back_meanwhile(database: Database, bank: Bank) -> None:
    """It was deleted while its picture was on its way: the picture is let go."""
    desk = Desk(database, bank)
    await desk.sent(wire.Attachment("f1", url=LINK))
    (wanted,) = await database.write(lambda tx: media.claim(tx, 8, fetching.LEASE))
    said = wire.InboundMessage("m1", "t", wire.Person("lea"), database.now(), act=wire.Act.DELETED)
    await database.write(lambda tx: ingest.take(tx, [hearing.prepare(bank.telegram, said)], hearing.Rules()))
    part = media.Part("image/webp", b"picture", 1, 1)

    assert not await database.write(lambda tx: media.keep(tx, wanted, part, None))
    assert await desk.kept() == 0


async def test_a_claim_that_was_lost_cannot_be_finished(database: Database, bank: Bank, clock: HeldClock) -> None:
    """A process that came back too late finishes nothing: another has claimed the file since."""
    desk = Desk(database, bank)
    await desk.sent(wire.Attachment("f1", url=LINK))
    (late,) = await database.write(lambda tx: media.claim(tx, 8, fetching.LEASE))
    assert await database.write(lambda tx: media.claim(tx, 8, fetching.LEASE)) == []
    clock.advance(fetching.LEASE)
    (again,) = await database.write(lambda tx: media.claim(tx, 8, fetching.LEASE))

    assert again == replace(late, attempts=2)
    assert not await database.write(lambda tx: media.give_up(tx, late, "failed", "late"))
