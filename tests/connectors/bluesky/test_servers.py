"""Bluesky's connector against Bluesky's own reference servers, whose people are played by the SDK."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from atproto import AsyncClient, client_utils, models  # type: ignore[import-untyped]

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, Forgetful
from bot.connectors.bluesky import watching
from tests.connectors.enclosing import drawn
from tests.connectors.far_side import hear, listening, texts
from tests.databases import PostgreSQL
from tests.peers import bluesky, installing

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_numbers = count(1)


@pytest.fixture(scope="module")
def servers(postgresql: PostgreSQL) -> Iterator[str]:
    """The address of a network that the tests of this module share; the first time on a machine it is installed."""
    with postgresql.fresh() as url:
        try:
            with bluesky.running(url) as address:
                yield address
        except installing.NoPeer as why:
            pytest.skip(f"Bluesky's servers cannot be had here: {why}")


@dataclass
class Stage:
    """A brand with a desk, and Ann."""

    url: str
    brand: AsyncClient
    ann: AsyncClient
    password: str
    vault: Forgetful

    @asynccontextmanager
    async def line(self, password: str = "", vault: Forgetful | None = None) -> AsyncIterator[Connector]:
        account = Account(
            "bluesky",
            "bluesky",
            self.url,
            {"identifier": self.handle},
            {"password": password or self.password},
            is_private_network_allowed=True,
            vault=vault or self.vault,
        )
        connector = registry.connect(account, clock.now)
        await connector.open()
        try:
            yield connector
        finally:
            await connector.close()

    @property
    def handle(self) -> str:
        assert self.brand.me
        return str(self.brand.me.handle)

    @property
    def did(self) -> str:
        assert self.brand.me
        return str(self.brand.me.did)

    async def mentions(self, text: str) -> Any:
        """Ann names the brand."""
        words = client_utils.TextBuilder().mention(f"@{self.handle}", self.did).text(text)
        return models.create_strong_ref(await self.ann.send_post(words))


@pytest.fixture
async def stage(servers: str) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as people:
        number = next(_numbers)
        brand = await people.enter_async_context(bluesky.person(servers, f"banque{number}"))
        ann = await people.enter_async_context(bluesky.person(servers, f"ann{number}"))
        yield Stage(servers, brand, ann, await bluesky.app_password(brand), Forgetful())


def answer(heard: wire.InboundMessage, text: str, key: str = "key-1") -> wire.OutboundMessage:
    return wire.OutboundMessage(key, heard.conversation_id, text, heard.is_public, heard.external_id, heard.author)


async def test_mention_reply_and_quote(stage: Stage) -> None:
    """A mention, the answer to our answer and a quote of it are heard; the first two are one conversation."""
    async with stage.line() as connector, listening(connector, None) as batches:
        root = await stage.mentions(" ma carte est bloquée 😔")
        mention = (await hear(batches, 1))[0].messages[0]
        receipt = await connector.send(answer(mention, "Nous regardons https://banque.example/aide."))
        ours = await _seen(stage.ann, receipt.external_id)
        parent = models.create_strong_ref(ours)
        await stage.ann.send_post("merci", reply_to=models.AppBskyFeedPost.ReplyRef(parent=parent, root=root))
        await stage.ann.send_post("lisez ceci", embed=models.AppBskyEmbedRecord.Main(record=parent))
        heard = [one for batch in await hear(batches, 2) for one in batch.messages]

    assert (mention.text, mention.conversation_id) == (f"@{stage.handle} ma carte est bloquée 😔", root.uri)
    assert mention.is_public
    assert mention.author.username.startswith("ann")
    assert {(one.text, one.conversation_id == root.uri, one.traits["reason"]) for one in heard} == {
        ("merci", True, "reply"),
        ("lisez ceci", False, "quote"),
    }
    assert ours.record.reply.root.uri == ours.record.reply.parent.uri == root.uri
    assert [facet.features[0].uri for facet in ours.record.facets] == ["https://banque.example/aide"]
    assert (ours.author.handle, ours.record.text) == (stage.handle, "Nous regardons https://banque.example/aide.")


async def test_same_key(stage: Stage) -> None:
    """The same key twice is one post with one receipt; what was never sent is surely not there."""
    root = await stage.mentions(" bonjour")
    words = wire.OutboundMessage("key-of-ours", root.uri, "une fois", is_public=True, in_reply_to=root.uri)
    async with stage.line() as connector:
        await _seen(stage.ann, root.uri)
        before = await connector.find(words)
        first, again = await connector.send(words), await connector.send(words)
        found = await connector.find(words)

    assert before is None
    assert found
    assert first.external_id == again.external_id == found.external_id


async def test_limits(stage: Stage) -> None:
    """The network takes what we count as 300, and refuses what we count as 301."""
    root = await stage.mentions(" bonjour")
    longest = ["e\u0301" * 300, "👨‍👩‍👧‍👦" * 120, "🇫🇷" * 300]
    async with stage.line() as connector:
        await _seen(stage.ann, root.uri)
        for number, text in enumerate(longest):
            assert connector.count(text) <= 300
            await connector.send(wire.OutboundMessage(f"long-{number}", root.uri, text, is_public=True))
    for text in ("e" * 301, "👨‍👩‍👧‍👦" * 121):
        with pytest.raises(Exception, match=r"(?i)grapheme|too (long|big)"):
            await stage.brand.send_post(text)

        assert connector.count(text) > 300


async def test_back_fill(stage: Stage) -> None:
    """What is said while nobody listens is heard afterwards, all of it, once, in its order; what was heard is not told again."""
    async with stage.line() as connector, listening(connector, None) as batches:
        await stage.mentions(" un")
        before = await hear(batches, 1)
    for number in range(12):
        await stage.mentions(f" {number}")
    async with stage.line() as connector, listening(connector, before[-1].cursor) as batches:
        after = await hear(batches, 12)

    assert texts(after) == [f"@{stage.handle} {number}" for number in range(12)]


async def test_deletion_while_nobody_listens(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post that is taken back, now or while the desk was down, is noticed; one that is written over is an edit."""
    monkeypatch.setattr(watching, "EVERY", timedelta(milliseconds=100))
    async with stage.line() as connector, listening(connector, None) as batches:
        first, second = await stage.mentions(" une"), await stage.mentions(" deux")
        heard = await hear(batches, 2)
        await stage.ann.delete_post(first.uri)
        now = (await hear(batches, 1))[-1]
    await stage.ann.delete_post(second.uri)
    async with stage.line() as connector, listening(connector, now.cursor) as batches:
        later = (await hear(batches, 1))[-1]

    assert len(texts(heard)) == 2
    assert [(one.act, one.external_id) for one in now.messages] == [(wire.Act.DELETED, first.uri)]
    assert [(one.act, one.external_id) for one in later.messages] == [(wire.Act.DELETED, second.uri)]


async def test_written_over(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bluesky knows no edit; a record that is written over all the same comes as one."""
    monkeypatch.setattr(watching, "EVERY", timedelta(milliseconds=100))
    async with stage.line() as connector, listening(connector, None) as batches:
        ref = await stage.mentions(" avant")
        said = (await hear(batches, 1))[0].messages[0]
        await _write_over(stage.ann, ref.uri, f"@{stage.handle} après")
        edit = (await hear(batches, 1))[0].messages[0]

    assert (edit.act, edit.external_id, edit.text) == (wire.Act.EDITED, said.external_id, f"@{stage.handle} après")
    assert edit.version


async def test_blocked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever blocks us has deleted nothing, but cannot be answered."""
    monkeypatch.setattr(watching, "EVERY", timedelta(milliseconds=100))
    async with stage.line() as connector, listening(connector, None) as batches:
        ref = await stage.mentions(" et voilà")
        said = (await hear(batches, 1))[0].messages[0]
        block = models.AppBskyGraphBlock.Record(subject=stage.did, created_at=stage.ann.get_current_time_iso())
        await stage.ann.app.bsky.graph.block.create(stage.ann.me.did, block)
        await _hidden(stage.brand, ref.uri)
        await stage.brand.send_post("entre-temps")
        with pytest.raises(errors.Refused):
            await connector.send(answer(said, "trop tard"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await anext(batches)


async def test_deeds(stage: Stage) -> None:
    """A like, a reply hidden under our post, and our own post taken back are seen by others; each can be undone or repeated."""
    root = models.create_strong_ref(await stage.brand.send_post("Notre nouvelle agence"))
    await _seen(stage.ann, root.uri)
    reply = models.AppBskyFeedPost.ReplyRef(parent=root, root=root)
    comment = await stage.ann.send_post("bof", reply_to=reply)
    await _seen(stage.brand, comment.uri)
    async with stage.line() as connector:
        for act in ("like", "like", "hide", "hide"):
            await connector.act(wire.Deed(act, comment.uri, root.uri))
        hidden = await _gate(stage, root.uri)
        liked = await _until(stage.ann, comment.uri, lambda post: post.like_count == 1)
        for act in ("unlike", "unlike", "unhide", "delete"):
            target = root.uri if act == "delete" else comment.uri
            await connector.act(wire.Deed(act, target, root.uri))
        unliked = await _until(stage.ann, comment.uri, lambda post: post.like_count == 0)
        with pytest.raises(errors.Refused):
            await connector.act(wire.Deed("delete", comment.uri, root.uri))
    await _hidden(stage.ann, root.uri)

    assert hidden == [comment.uri]
    assert await _gate(stage, root.uri) == []
    assert (liked.like_count, unliked.like_count) == (1, 0)


async def test_pictures(stage: Stage) -> None:
    """Pictures are shown to others with what they show and their shape, in their order; the server has the very bytes.

    It takes a picture that is as heavy as we offer.
    """
    root = await stage.mentions(" une photo ?")
    red, blue = drawn("red"), drawn("blue")
    heaviest = msgspec.structs.replace(blue, body=blue.body + bytes(1_000_000 - len(blue.body)))
    words = wire.OutboundMessage("key", root.uri, "Voici", is_public=True, in_reply_to=root.uri, files=(red, heaviest))
    async with stage.line() as connector:
        await _seen(stage.ann, root.uri)
        receipt = await connector.send(words)
        again = await connector.send(words)
    seen = await _seen(stage.ann, receipt.external_id)
    names = [image.image.cid.encode() for image in seen.record.embed.images]
    laid = [await stage.ann.com.atproto.sync.get_blob({"did": stage.did, "cid": name}) for name in names]

    assert again.external_id == receipt.external_id
    assert [(image.alt, image.aspect_ratio.width, image.aspect_ratio.height) for image in seen.embed.images] == [
        ("all red", 60, 40),
        ("all blue", 60, 40),
    ]
    assert laid == [red.body, heaviest.body]


async def test_session(stage: Stage) -> None:
    """A restart goes on with the session of the vault; one that is spent is renewed, and the new one is kept."""
    async with stage.line():
        signed_in = await stage.vault.read("session")
    async with stage.line():
        went_on = await stage.vault.read("session")
    spent = went_on.replace('"access":"', '"access":"spoilt')
    await stage.vault.write("session", spent)
    async with stage.line() as connector:
        health = await connector.probe()
        renewed = await stage.vault.read("session")

    assert signed_in == went_on
    assert health.state is wire.Health.CONNECTED
    assert renewed not in {went_on, spent}


async def test_wrong_password(stage: Stage) -> None:
    """A password that the network does not know is said to be one, and a person is asked for."""
    with pytest.raises(errors.Reauthorize):
        async with stage.line(password="wrong", vault=Forgetful()):
            raise AssertionError("it has let us in")


async def test_no_chat(stage: Stage) -> None:
    """These servers have no chat: that is said at the probe, and what is public is heard all the same."""
    async with stage.line() as connector, listening(connector, None) as batches:
        await stage.mentions(" un")
        await hear(batches, 1)
        await stage.mentions(" deux")
        await hear(batches, 1)
        health = await connector.probe()

    assert health.state is wire.Health.CONNECTED
    assert health.reason.startswith("Direct messages are not heard")


async def _shown(client: AsyncClient, uri: str) -> list[Any]:
    return list((await client.get_posts([uri])).posts)


async def _until(client: AsyncClient, uri: str, is_so: Callable[[Any], object]) -> Any:
    """The post, once it is so."""
    (post,) = await bluesky.until(lambda: _shown(client, uri), lambda posts: posts and is_so(posts[0]))
    return post


async def _seen(client: AsyncClient, uri: str) -> Any:
    return await _until(client, uri, lambda post: True)


async def _hidden(client: AsyncClient, uri: str) -> None:
    await bluesky.until(lambda: _shown(client, uri), lambda posts: not posts)


async def _write_over(client: AsyncClient, uri: str, text: str) -> None:
    repo, collection, rkey = uri.removeprefix("at://").split("/")
    there = await client.com.atproto.repo.get_record({"repo": repo, "collection": collection, "rkey": rkey})
    record = there.value.model_copy(update={"text": text})
    put = models.ComAtprotoRepoPutRecord.Data(repo=repo, collection=collection, rkey=rkey, record=record)
    await client.com.atproto.repo.put_record(put)


async def _gate(stage: Stage, root: str) -> list[str]:
    rkey = root.rpartition("/")[2]
    known = {"repo": stage.did, "collection": "app.bsky.feed.threadgate", "rkey": rkey}
    gate = await stage.brand.com.atproto.repo.get_record(known)
    return list(gate.value.hidden_replies or [])
