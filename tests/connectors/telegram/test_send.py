"""How words reach Telegram, and what is known afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot import errors
from bot.connectors.telegram.places import Place
from tests.connectors.telegram import far
from tests.connectors.telegram.bot_api import BotApi, failed
from tests.connectors.telegram.far import Line, words

GROUP = -1001234567890


@pytest.mark.parametrize(
    ("conversation_id", "in_reply_to", "topic", "answered"),
    [
        ("7", "", None, None),
        ("7", "7:11", None, 11),
        (f"{GROUP}:5", f"{GROUP}:26", 5, 26),
        (f"{GROUP}:5", "", 5, None),
        (f"{GROUP}~21", f"{GROUP}:30", None, 30),
        (f"{GROUP}~21", "", None, 21),
        ("7", "8:11", None, None),
        ("7", "not one of Telegram's", None, None),
    ],
)
async def test_where_it_goes(
    api: BotApi, line: Line, conversation_id: str, in_reply_to: str, topic: int | None, answered: int | None
) -> None:
    """A topic is named as such, a chain of replies by answering into it; what is answered may be gone meanwhile."""
    connector = await line()
    receipt = await connector.send(words("Bonjour", conversation_id, in_reply_to=in_reply_to))
    (sent,) = api.sent
    answer = {"message_id": answered, "allow_sending_without_reply": True} if answered else None

    assert (sent["chat_id"], sent["text"]) == (Place.parse(conversation_id).chat, "Bonjour")
    assert (sent.get("message_thread_id"), sent.get("reply_parameters")) == (topic, answer)
    assert receipt.external_id == f"{sent['chat_id']}:{sent['message_id']}"
    assert receipt.sent_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


async def test_business(api: BotApi, line: Line) -> None:
    """In a business conversation the connection is named, and the receipt's id is the one by which it will come back."""
    receipt = await (await line()).send(words("Bonjour", "7@BizC0nn-1", in_reply_to="7:71@BizC0nn-1"))

    assert api.sent[0]["business_connection_id"] == "BizC0nn-1"
    assert api.sent[0]["reply_parameters"]["message_id"] == 71
    assert receipt.external_id == f"7:{api.sent[0]['message_id']}@BizC0nn-1"


async def test_plain_text(api: BotApi, line: Line) -> None:
    """What looks like a format goes out as it was written."""
    await (await line()).send(words("*a* <b>c</b> _d_", "7"))

    assert "parse_mode" not in api.sent[0]


@pytest.mark.parametrize("conversation_id", ["", "chat", "7/8", "7:", "@x", "７", "7\n", "9" * 30])
async def test_no_such_place(api: BotApi, line: Line, conversation_id: str) -> None:
    """Words for what is no conversation of Telegram's are refused before they leave."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("x", conversation_id))

    assert api.sent == []


@pytest.mark.parametrize("place", [Place(7), Place(-100, topic=5), Place(-100, chain=5), Place(7, business="a-b:c~d")])
def test_places(place: Place) -> None:
    """A place can be read back from its name, and a message's number from the message's name."""
    assert Place.parse(str(place)) == place
    assert place.number(place.message(42)) == 42


@pytest.mark.parametrize(
    ("text", "length"), [("abc", 3), ("é", 1), ("😔", 2), ("👨‍👩‍👧", 8), ("日本", 2), ("\ud83d", 1)]
)
async def test_count(line: Line, text: str, length: int) -> None:
    """Length is counted in UTF-16 units, as Telegram counts."""
    connector = await line()

    assert connector.count(text) == length


async def test_emoji_at_the_limit(api: BotApi, line: Line) -> None:
    """A text of emoji is at the limit with half as many."""
    connector = await line()
    await connector.send(words("😔" * 2048, "7"))
    with pytest.raises(errors.Refused):
        await connector.send(words("😔" * 2049, "7"))

    assert len(api.sent) == 1


async def test_half_a_character(api: BotApi, line: Line) -> None:
    """A text that cannot be written as one is refused before it leaves."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("half \ud83d", "7"))

    assert api.calls("sendMessage") == []


async def test_group_has_moved(api: BotApi, line: Line) -> None:
    """When a group has become another, the words go there, once, and answer nothing: messages are numbered anew there."""
    connector = await line()
    moved = failed(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=GROUP)
    api.answer_next(moved)
    receipt = await connector.send(words("Bonjour", "-4455", in_reply_to="-4455:28"))

    assert [(one["chat_id"], one.get("reply_parameters")) for one in api.sent] == [(GROUP, None)]
    assert receipt.external_id.startswith(f"{GROUP}:")


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, "Bad Request: chat not found", errors.Refused),
        (400, "Bad Request: message is too long", errors.Refused),
        (403, "Forbidden: bot was blocked by the user", errors.Refused),
        (401, "Unauthorized", errors.Reauthorize),
        (404, "Not Found", errors.Reauthorize),
        (409, "Conflict: terminated by other getUpdates request", errors.TryLater),
        (429, "Too Many Requests", errors.TryLater),
        (500, "Internal Server Error: restart", errors.TryLater),
    ],
)
async def test_refusals(api: BotApi, line: Line, code: int, description: str, kind: type[Exception]) -> None:
    """What Telegram itself says has its remedy, and a refusal says in Telegram's words why."""
    connector = await line()
    api.answer_next(failed(code, description))
    with pytest.raises(errors.ComptoirError) as raised:
        await connector.send(words("x", "7"))

    assert type(raised.value) is kind
    assert kind is not errors.Refused or description.partition(": ")[2].casefold() in str(raised.value).casefold()
    assert api.sent == []


@pytest.mark.parametrize("wait", [0, -1, "soon", None, 10**9, 1.5])
async def test_strange_waits(api: BotApi, line: Line, wait: object) -> None:
    """A time to wait that is none becomes a while of ours."""
    connector = await line()
    api.answer_next(failed(429, "Too Many Requests", retry_after=wait))
    with pytest.raises(errors.TryLater) as raised:
        await connector.send(words("x", "7"))

    assert timedelta(seconds=1) <= raised.value.after <= timedelta(minutes=5)


@pytest.mark.parametrize(
    "body", [far.HTML, '{"ok": true, "resu', "[]", '{"ok": true}', '{"ok": true, "result": {}}', ""]
)
@pytest.mark.parametrize("status", [200, 403, 502])
async def test_unreadable_answers(api: BotApi, line: Line, body: str, status: int) -> None:
    """When the answer cannot be read, the words may have gone out: that is uncertain, and never tried again by itself."""
    connector = await line()
    api.answer_next(web.Response(text=body, status=status))
    with pytest.raises(errors.ComptoirError) as raised:
        await connector.send(words("x", "7"))
    said_by_telegram = body.startswith("{") and body.endswith("}") and status != 200
    expected = {403: errors.Refused, 502: errors.TryLater}[status] if said_by_telegram else errors.Uncertain

    assert type(raised.value) is expected
    assert [name for name, _ in api.asked].count("sendMessage") == 1


async def test_slow_answer(api: BotApi, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Telegram does not answer in time, it may have taken the words."""
    monkeypatch.setattr("bot.connectors.telegram.api.ANSWER_SECONDS", 0.2)
    connector = await line()
    api.hold_answers = True
    with pytest.raises(errors.Uncertain):
        await connector.send(words("x", "7"))

    assert len(api.sent) == 1


async def test_looking(line: Line) -> None:
    """Telegram offers no way to look, and the connector says so instead of guessing."""
    connector = await line()
    with pytest.raises(errors.Uncertain):
        await connector.find(words("x", "7"))
