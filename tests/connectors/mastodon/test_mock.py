"""Mastodon's connector against an instance that nobody here wrote."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec
import pytest

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector
from bot.connectors.mastodon import receive
from tests.connectors.enclosing import drawn
from tests.connectors.far_side import hear, listening, texts
from tests.peers import installing, mastodon
from tests.peers.mastodon import ANN, BOB, BRAND, Mock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    try:
        with mastodon.running() as url:
            yield url
    except installing.NoPeer as why:
        pytest.skip(f"the Mastodon mock cannot be had here: {why}")


@pytest.fixture
async def mock(address: str) -> AsyncIterator[Mock]:
    async with mastodon.played(address) as played:
        yield played


@asynccontextmanager
async def opened(mock: Mock, **options: str) -> AsyncIterator[Connector]:
    account = Account("mastodon", "mastodon", mock.url, options, {"token": BRAND}, is_private_network_allowed=True)
    connector = registry.connect(account, clock.now)
    await connector.open()
    try:
        yield connector
    finally:
        await connector.close()


def answer(heard: wire.InboundMessage, text: str, key: str = "key") -> wire.OutboundMessage:
    return wire.OutboundMessage(key, heard.conversation_id, text, heard.is_public, heard.external_id, heard.author)


async def messages(batches: AsyncIterator[wire.Batch], count: int) -> list[wire.InboundMessage]:
    return [message for batch in await hear(batches, count) for message in batch.messages]


async def test_public(mock: Mock) -> None:
    """A mention is heard, our answer stands under it in the same thread and is seen, and the same key twice is one post."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        said = await mock.say("où est mon virement ? https://bank.example/aide 😔")
        (heard,) = await messages(batches, 1)
        first = await connector.send(answer(heard, "Nous voilà <3"))
        again = await connector.send(answer(heard, "Nous voilà <3"))
        await mock.ask(ANN, "POST", "statuses", status="@brand merci", in_reply_to_id=first.external_id)
        (thanks,) = await messages(batches, 1)
    (post,) = await mock.said(len)

    assert (heard.external_id, heard.is_public) == (said, True)
    assert heard.text == "@brand où est mon virement ? https://bank.example/aide 😔"
    assert (post["id"], mastodon.words(post)) == (first.external_id, "@ann Nous voilà <3")
    assert (post["in_reply_to_id"], post["visibility"]) == (said, "public")
    assert first.external_id == again.external_id
    assert heard.conversation_id == thanks.conversation_id == said


async def test_private(mock: Mock) -> None:
    """A direct post is private, and so is its answer."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        said = await mock.say("mon dossier est le 42", visibility="direct")
        (heard,) = await messages(batches, 1)
        await connector.send(answer(heard, "Merci, Ann"))
    (post,) = await mock.said(len)

    assert not heard.is_public
    assert (post["visibility"], post["in_reply_to_id"]) == ("direct", said)


async def test_live(mock: Mock) -> None:
    """While the stream is open, what is said is there at once; of those we follow, changes are too."""
    await mock.follow("ann")
    async with opened(mock) as connector, listening(connector, None) as batches:
        first = await mock.say("un")
        heard = await messages(batches, 1)
        waiting = asyncio.create_task(messages(batches, 1))
        second = await mock.say("deux")
        heard += await waiting
        for deed in (mock.edit(second, "trois"), mock.delete(first)):
            waiting = asyncio.create_task(messages(batches, 1))
            await deed
            heard += await waiting

    assert [(one.external_id, one.act) for one in heard] == [
        (first, wire.Act.SAID),
        (second, wire.Act.SAID),
        (second, wire.Act.EDITED),
        (first, wire.Act.DELETED),
    ]


async def test_after_downtime(mock: Mock) -> None:
    """What was said, changed and taken back while nobody listened is there at the next start, once."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        changed, gone = await mock.say("helo"), await mock.say("regretted")
        heard = await hear(batches, 2)
    await mock.edit(changed, "hello")
    await mock.delete(gone)
    missed = [await mock.say(str(number)) for number in range(50)]
    cursor = heard[-1].cursor
    async with opened(mock) as connector, listening(connector, cursor) as batches:
        after = await messages(batches, 52)

    assert [one.external_id for one in after if one.act is wire.Act.SAID] == missed
    assert {(one.external_id, one.act, one.text) for one in after if one.act is not wire.Act.SAID} == {
        (changed, wire.Act.EDITED, "@brand hello"),
        (gone, wire.Act.DELETED, ""),
    }


async def test_changed_before_it_was_heard(mock: Mock) -> None:
    """What was changed before we heard it is told in both versions."""
    said = await mock.say("helo")
    await mock.edit(said, "hello")
    async with opened(mock) as connector, listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert texts(heard) == ["@brand helo", "@brand hello"]


async def test_changes_of_strangers(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The instance tells us nothing of changes by those whom we do not follow; we find them all the same."""
    monkeypatch.setattr(receive, "LOOK_SECONDS", 0.3)
    async with opened(mock) as connector, listening(connector, None) as batches:
        said = await mock.say("helo", BOB)
        await hear(batches, 1)
        await mock.edit(said, "hello", BOB)
        (edited,) = await messages(batches, 1)
        await mock.delete(said, BOB)
        (deleted,) = await messages(batches, 1)

    assert (edited.text, edited.external_id) == ("@brand hello", said)
    assert (deleted.act, deleted.external_id) == (wire.Act.DELETED, said)


async def test_held_back(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger whom the account's filters hold back is heard, and is let through from then on."""
    monkeypatch.setattr(receive, "LOOK_SECONDS", 0.3)
    await mock.ask(BRAND, "PATCH", "notifications/policy", for_not_following="filter")
    async with opened(mock) as connector, listening(connector, None) as batches:
        await mock.say("un inconnu", BOB, visibility="direct")
        assert texts(await hear(batches, 1)) == ["@brand un inconnu"]
        waiting = asyncio.create_task(hear(batches, 1))
        await mock.asked(BRAND, "notifications/requests", lambda held_back: held_back == [])
        await mock.say("encore", BOB)
        assert texts(await waiting) == ["@brand encore"]


async def test_deeds(mock: Mock) -> None:
    """A post is liked; words of ours are changed and removed."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        said = await mock.say("bravo")
        (heard,) = await messages(batches, 1)
        receipt = await connector.send(answer(heard, "Merci"))
        await connector.act(wire.Deed("like", said, said))
        await connector.act(wire.Deed("edit", receipt.external_id, said, "Merci !"))
        (post,) = await mock.said(len)
        liked = await mock.ask(BRAND, "GET", f"statuses/{said}")
        await connector.act(wire.Deed("delete", receipt.external_id, said))
        left = await mock.said(lambda posts: not posts)

    assert liked["favourited"]
    assert mastodon.words(post) == "@ann Merci !"
    assert left == []


async def test_limit(mock: Mock) -> None:
    """The longest text that we allow is one that the instance takes."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        await mock.say("?")
        (heard,) = await messages(batches, 1)
        limit = connector.capabilities(wire.Spot(heard.conversation_id, heard.is_public, clock.now())).limit
        await connector.send(answer(heard, "x" * limit))
        with pytest.raises(errors.Refused):
            await connector.send(answer(heard, "x" * (limit + 1), key="other"))

    assert len(await mock.said(len)) == 1


async def test_found(mock: Mock) -> None:
    """Words whose receipt was lost are found by a desk that was started since."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        await mock.say("?")
        (heard,) = await messages(batches, 1)
        receipt = await connector.send(answer(heard, "Voici : https://bank.example/a?b=c&d=e"))
    async with opened(mock) as connector:
        found = await connector.find(answer(heard, "Voici : https://bank.example/a?b=c&d=e"))
        with pytest.raises(errors.Uncertain):
            await connector.find(answer(heard, "Voilà"))

    assert found
    assert found.external_id == receipt.external_id


@pytest.mark.parametrize(
    ("effect", "least"),
    [
        ({"type": "ratelimit", "headers": {"Retry-After": "7"}}, 7),
        ({"type": "ratelimit"}, 1),
        ({"type": "malformed"}, 1),
        ({"type": "status", "status": 503}, 1),
    ],
)
async def test_faults(mock: Mock, effect: dict[str, object], least: float) -> None:
    """Limits, broken answers and outages of the instance are waited for; afterwards nothing is missing."""
    await mock.say("toujours là")
    await mock.fault("notifications", **effect)
    async with opened(mock) as connector:
        async with listening(connector, None) as batches:
            with pytest.raises(errors.TryLater) as raised:
                await hear(batches, 1)
        async with listening(connector, None) as batches:
            heard = await hear(batches, 1)

    assert raised.value.after.total_seconds() >= least
    assert texts(heard) == ["@brand toujours là"]


async def test_wrong_token(mock: Mock) -> None:
    """A token that the instance does not know must be renewed by a person."""
    account = Account("m", "mastodon", mock.url, {}, {"token": "unknown"}, is_private_network_allowed=True)
    with pytest.raises(errors.Reauthorize):
        await registry.connect(account, clock.now).open()


@pytest.mark.parametrize("visibility", ["public", "direct"])
async def test_pictures(mock: Mock, visibility: str) -> None:
    """Pictures with their descriptions hang on our answer in their order, and stay there when its words are changed."""
    async with opened(mock) as connector, listening(connector, None) as batches:
        await mock.say("une photo ?", visibility=visibility)
        (heard,) = await messages(batches, 1)
        files = tuple(drawn(colour) for colour in ("red", "blue"))
        receipt = await connector.send(msgspec.structs.replace(answer(heard, "Voici"), files=files))
        (post,) = await mock.said(len)
        await connector.act(wire.Deed("edit", receipt.external_id, heard.conversation_id, "Voilà"))
        (changed,) = await mock.said(lambda posts: posts and "Voil" in posts[0]["content"])
        bodies = [await asked_for(one["url"]) for one in post["media_attachments"]]

    assert [one["description"] for one in post["media_attachments"]] == ["all red", "all blue"]
    assert [one["type"] for one in post["media_attachments"]] == ["image", "image"]
    assert bodies == [file.body for file in files]
    assert [one["id"] for one in changed["media_attachments"]] == [one["id"] for one in post["media_attachments"]]


async def asked_for(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as found:
        return await found.read()
