"""Direct messages: heard by the chat's log, answered there, and never in the way of what is public."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from tests.connectors.bluesky.far import ROOT, Bluesky, Line, profile, words
from tests.connectors.bluesky.xrpc import ANN, BRAND, Xrpc
from tests.connectors.far_side import hear, listening, texts

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_first_look(api: Xrpc, line: Line) -> None:
    """At the first connection the last day's messages are heard in their order, over all conversations and pages."""
    api.page = 2
    api.now = NOW - timedelta(days=3)
    api.whisper("long ago", "old")
    api.whisper("long ago, too")
    api.now = NOW
    said = [api.whisper(str(number), f"convo{number % 3 + 1}") for number in range(9)]
    connector = await line(HeldClock(NOW))
    async with listening(connector, None) as batches:
        heard = await hear(batches, 9)
        api.whisper("next")
        heard += await hear(batches, 1)
    messages = [one for batch in heard for one in batch.messages]

    assert [one.external_id for one in messages][:9] == said
    assert texts(heard)[9:] == ["next"]
    assert {one.author for one in messages} == {profile()}


async def test_goes_on(api: Xrpc, line: Line) -> None:
    """After a silence the log is read page by page from where it was committed."""
    api.whisper("before")
    connector = await line()
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    api.page = 7
    for number in range(40):
        api.whisper(str(number))
    async with listening(connector, cursor) as batches:
        heard = await hear(batches, 40)

    assert texts(heard) == [str(number) for number in range(40)]


async def test_stranger_in_the_log(api: Xrpc, line: Line) -> None:
    """The log names a sender by DID alone; who that is, the conversation's members tell, once."""
    api.whisper("before", by=BRAND)
    connector = await line()
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    connector = await line()
    async with listening(connector, cursor) as batches:
        api.whisper("one")
        api.whisper("two")
        heard = await hear(batches, 2)

    assert {one.author for batch in heard for one in batch.messages} == {profile()}
    assert len(api.calls("chat.bsky.convo.getConvo")) == 1


async def test_own_words(api: Xrpc, line: Line) -> None:
    """What the brand says elsewhere comes back as its own, under the name that the receipt bears."""
    connector = await line()
    api.whisper("a question")
    async with listening(connector, None) as batches:
        asked = (await hear(batches, 1))[0].messages[0]
        private = wire.OutboundMessage(
            "k", asked.conversation_id, "an answer", is_public=False, in_reply_to=asked.external_id
        )
        receipt = await connector.send(private)
        echo = (await hear(batches, 1))[0].messages[0]

    assert echo.is_own
    assert not asked.is_own
    assert (echo.external_id, echo.conversation_id) == (receipt.external_id, asked.conversation_id)
    assert receipt.conversation_id == ""


async def test_odd_entry(api: Xrpc, line: Line) -> None:
    """An entry that nobody can read is kept, and those around it are heard."""
    api.whisper("before")
    connector = await line()
    async with listening(connector, None) as batches:
        cursor = (await hear(batches, 1))[-1].cursor
    api.whisper("one")
    api.whisper("odd", sentAt="soon")
    api.whisper("two")
    async with listening(connector, cursor) as batches:
        heard = await hear(batches, 3)

    assert texts(heard) == ["one", "two"]
    assert len([bad for batch in heard for bad in batch.unreadable]) == 1


async def test_no_right(api: Xrpc, line: Line) -> None:
    """An app password without the right to direct messages hears what is public, spends no sign-in, and says what it lacks."""
    api.has_chat = False
    connector = await line()
    api.say("public")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)
        api.say("public again")
        heard += await hear(batches, 1)
    health = await connector.probe()
    spot = wire.Spot(ROOT, is_public=True, at=NOW)

    assert texts(heard) == ["public", "public again"]
    assert (health.state, health.reason[:31]) == (wire.Health.CONNECTED, "Direct messages are not heard: ")
    assert connector.capabilities(spot).acts["private_reply"] == wire.Permission(is_allowed=False, why_not="no_chat")
    assert len(api.calls("com.atproto.server.createSession")) == 1
    assert api.calls("com.atproto.server.refreshSession") == []


async def test_chat_off(api: Xrpc, line: Line) -> None:
    """With the chat switched off, it is not asked."""
    connector = await line(chat="off")
    api.whisper("private")
    api.say("public")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)

    assert texts(heard) == ["public"]
    assert [method for method, _ in api.asked if method.startswith("chat.")] == []


async def test_private_reply(api: Xrpc, line: Line) -> None:
    """A private answer to a public post goes into the conversation with its author, whose name the receipt tells."""
    connector = await line()
    public = api.say("my card is lost")
    receipt = await connector.send(
        words("En privé", is_public=False, conversation_id=public, in_reply_to=public, to=profile())
    )

    assert (receipt.conversation_id, api.chats["convo1"][-1]["text"]) == ("convo1", "En privé")
    assert receipt.external_id == f"convo1/{api.chats['convo1'][-1]['id']}"


async def test_private_reply_unwanted(api: Xrpc, line: Line) -> None:
    """Whoever takes no messages from strangers is not written to, and we hear why."""
    api.closed.add(ANN["did"])
    connector = await line()
    with pytest.raises(errors.Refused, match="disabled incoming messages"):
        await connector.send(words("En privé", is_public=False, to=profile()))

    assert api.chats == {}


async def test_lost_answer(api: Xrpc, line: Line) -> None:
    """After a lost answer, the words are looked for behind what they answer; older words that say the same do not count."""
    connector = await line()
    api.whisper("Bonjour", by=BRAND)
    asked = api.whisper("une question")
    private = words("Bonjour", is_public=False, conversation_id="convo1", in_reply_to=asked)
    before = await connector.find(private)
    api.answers_lost = 1
    with pytest.raises(errors.Uncertain):
        await connector.send(private)
    found = await connector.find(private)

    assert before is None
    assert found
    assert found.external_id == f"convo1/{api.chats['convo1'][-1]['id']}"


async def test_too_much_since(api: Xrpc, line: Line) -> None:
    """Where so much has been said since that what we answered is out of sight, nobody can know."""
    api.page = 3
    connector = await line()
    asked = api.whisper("une question")
    for number in range(5):
        api.whisper(str(number))
    with pytest.raises(errors.Uncertain):
        await connector.find(words("Bonjour", is_public=False, conversation_id="convo1", in_reply_to=asked))


async def test_limit(api: Xrpc, line: Line) -> None:
    """A direct message may be longer than a post."""
    Bluesky(api)
    connector = await line()
    api.whisper("?")
    text = "x" * 1000
    await connector.send(words(text, is_public=False, conversation_id="convo1"))
    with pytest.raises(errors.Refused):
        await connector.send(words(text + "x", is_public=False, conversation_id="convo1"))
    with pytest.raises(errors.Refused):
        await connector.send(words(text))

    assert api.chats["convo1"][-1]["text"] == text
