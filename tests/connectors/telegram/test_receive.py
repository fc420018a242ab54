"""How Telegram is heard: what is told to it and when, and what no update can do to the others."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from bot import errors, wire
from bot.clock import HeldClock, now
from bot.connectors import registry
from bot.connectors.telegram import translate
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.telegram import far
from tests.connectors.telegram.bot_api import BotApi, failed
from tests.connectors.telegram.far import Line, connect, message, request


async def test_nothing_is_confirmed_before_it_is_committed(api: BotApi, line: Line) -> None:
    """Telegram is told a number only by the question for the next batch, and keeps everything until then."""
    await api.emit("message", message(1, "one"))
    await api.emit("message", message(2, "two"))
    connector = await line()
    async with listening(connector, None) as batches:
        (batch,) = await hear(batches, 2)
        kept, asked = len(api.updates), list(api.calls("getUpdates"))
        following = asyncio.create_task(hear(batches, 1))
        await api.is_polled()
        await api.emit("message", message(3, "three"))
        await following

    assert batch.cursor == "1002"
    assert (kept, [one.get("offset") for one in asked]) == (2, [None])
    assert api.calls("getUpdates")[1]["offset"] == 1002
    assert [one["update_id"] for one in api.updates] == [1002]


async def test_what_is_asked(api: BotApi, line: Line) -> None:
    """Each question names the kinds of updates we read, is held open, and never throws away what waits."""
    await api.emit("message", message(1, "one"))
    connector = await line()
    async with listening(connector, None) as batches:
        await hear(batches, 1)

    assert api.calls("getUpdates")[0]["allowed_updates"] == list(translate.KINDS)
    assert api.calls("getUpdates")[0]["timeout"] >= 10
    assert not any("drop_pending_updates" in parameters for _, parameters in api.asked)


async def test_one_bad_of_three(api: BotApi, line: Line) -> None:
    """Of three updates the bad one is kept as it came; the other two are heard, and all three are behind us."""
    await api.emit("message", message(1, "one"))
    bad = await api.emit("message", {"message_id": 2, "date": "yesterday", "chat": {"id": 7}})
    await api.emit("message", message(3, "three"))
    connector = await line()
    async with listening(connector, None) as batches:
        (batch,) = await hear(batches, 3)

    assert [one.text for one in batch.messages] == ["one", "three"]
    assert [json.loads(one.raw) for one in batch.unreadable] == [bad]
    assert batch.cursor == "1003"


async def test_half_an_emoji(api: BotApi, line: Line) -> None:
    """Text that is no text in one update does not make its whole batch unreadable."""
    await api.emit("message", message(1, "half \ud83d"))
    await api.emit("message", message(2, "whole"))
    connector = await line()
    async with listening(connector, None) as batches:
        (batch,) = await hear(batches, 2)

    assert [one.text for one in batch.messages] == ["whole"]
    assert len(batch.unreadable) == 1


async def test_things_that_are_no_updates(api: BotApi, line: Line) -> None:
    """Between updates may stand anything: it is kept as it came, and the updates are heard."""
    api.updates.append("nonsense")
    await api.emit("message", message(1, "one"))
    connector = await line()
    async with listening(connector, None) as batches:
        (batch,) = await hear(batches, 2)

    assert [one.text for one in batch.messages] == ["one"]
    assert [one.raw for one in batch.unreadable] == [b'"nonsense"']


async def test_without_numbers(api: BotApi, line: Line) -> None:
    """Updates that bear no number cannot be passed, so we say so instead of reading them for ever."""
    api.updates.append("nonsense")
    connector = await line()
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater, match="numbers"):
            await hear(batches, 1)


async def test_not_for_us(api: BotApi, line: Line) -> None:
    """What is not for us moves the cursor all the same, and what comes after it is heard."""
    group = {"id": -100777, "type": "supergroup", "title": "G"}
    await api.emit("message", message(1, "among ourselves", chat=group))
    await api.emit("message", message(2, "in private"))
    connector = await line()
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)

    assert texts(heard) == ["in private"]
    assert heard[-1].cursor == "1002"


async def test_redelivered_after_a_commit(api: BotApi, line: Line) -> None:
    """What was committed but not yet confirmed when the process died is not brought again."""
    for number in range(1, 4):
        await api.emit("message", message(number, str(number)))
    connector = await line()
    async with listening(connector, "1002") as batches:
        heard = await hear(batches, 1)

    assert texts(heard) == ["3"]


async def test_numbered_anew(api: BotApi, line: Line) -> None:
    """After a silent week Telegram numbers from anywhere; a cursor from before neither confirms nor hides what is new."""
    await api.put({"update_id": 17, "message": message(1, "after the holidays")})
    connector = await line()
    async with listening(connector, "900000") as batches:
        heard = await hear(batches, 1)

    assert texts(heard) == ["after the holidays"]
    assert heard[0].cursor == "18"


async def test_numbered_anew_while_listening(api: BotApi, line: Line, clock: HeldClock) -> None:
    """The same without a restart: after days of silence we ask for the oldest that Telegram has, naming no number."""
    api.answer_at_once, api.next_update = True, 900_000
    await api.emit("message", message(1, "before"))
    connector = await line(clock)
    async with listening(connector, None) as batches:
        await hear(batches, 1)
        following = asyncio.create_task(hear(batches, 1))
        await api.is_asked(2)
        clock.advance(timedelta(days=8))
        await api.is_asked(4)
        await api.put({"update_id": 17, "message": message(2, "after")})
        heard = await following

    assert texts(heard) == ["after"]
    assert api.calls("getUpdates")[1]["offset"] == 900_001
    assert "offset" not in api.calls("getUpdates")[-1]


async def test_album(api: BotApi, line: Line) -> None:
    """All parts of an album are heard when its words speak to us, though each comes by itself."""
    group = {"id": -100777, "type": "supergroup", "title": "G"}
    size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}
    mention = {"type": "mention", "offset": 0, "length": 11}
    part = {"text": None, "chat": group, "media_group_id": "5", "photo": [size]}
    first = part | {"caption": "@Banque_bot", "caption_entities": [mention]}
    await api.emit("message", message(1, "") | first)
    await api.emit("message", message(2, "") | part)
    connector = await line()
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert [one.external_id for batch in heard for one in batch.messages] == ["-100777:1", "-100777:2"]


async def test_a_second_reader(api: BotApi, line: Line) -> None:
    """When another program asks for the same bot's updates, the error says so, and that only one of them can."""
    first, second = await line(), await line()
    async with listening(first, None) as batches, listening(second, None) as others:
        waiting = asyncio.create_task(hear(batches, 1))
        await api.is_polled()
        taking_over = asyncio.create_task(hear(others, 1))
        with pytest.raises(errors.TryLater, match="Another program"):
            await waiting
        await api.emit("message", message(1, "one"))

        assert texts(await taking_over) == ["one"]


@pytest.mark.parametrize(
    "body", [far.HTML, '{"ok": true, "resu', "[]", '{"ok": true}', '{"ok": true, "result": "x"}', ""]
)
@pytest.mark.parametrize("status", [200, 502])
async def test_no_answer(api: BotApi, line: Line, body: str, status: int) -> None:
    """A page of HTML, half a JSON or none at all is a reason to ask again later, and nothing of it is shown."""
    connector = await line()
    api.answer_next(web.Response(text=body, status=status))
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater) as raised:
            await hear(batches, 1)

    assert "html" not in str(raised.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_proxy_in_between(api: BotApi, line: Line, status: int) -> None:
    """A page that a proxy shows in Telegram's place does not make us believe that the token is bad."""
    connector = await line()
    api.answer_next(web.Response(text=far.HTML, status=status))
    async with listening(connector, None) as batches:
        with pytest.raises(errors.TryLater):
            await hear(batches, 1)


async def test_switched_to_polling(api: BotApi, line: Line) -> None:
    """A webhook left from before is unset, once, and what waited for it is heard by poll."""
    await api.emit("message", message(1, "waited"))
    api.webhook = {"url": "https://old.example/"}
    connector = await line()
    async with listening(connector, None) as batches:
        heard = await hear(batches, 1)
    await line()

    assert texts(heard) == ["waited"]
    assert api.calls("deleteWebhook") == [{}]


async def test_webhook_is_set(api: BotApi, line: Line) -> None:
    """By webhook, Telegram is told our address, our secret and what we read; it is asked for nothing, and drops nothing."""
    connector = await line(mode="webhook")
    async with listening(connector, None) as batches:
        heard = [batch async for batch in batches]

    assert api.calls("setWebhook") == [
        {
            "url": "https://desk.example/hooks/telegram-test",
            "secret_token": far.HOOK_SECRET,
            "allowed_updates": list(translate.KINDS),
        }
    ]
    assert heard == []
    assert api.calls("getUpdates") == []
    assert api.webhook["url"]


async def test_no_secret_no_door(api: BotApi, line: Line) -> None:
    """A channel heard by poll takes no requests, whatever they bear; one by webhook cannot even be made without a secret."""
    polled = await line()
    for secret in ("", None, far.HOOK_SECRET):
        with pytest.raises(errors.NotAllowed):
            polled.accept(request(b"{}", secret))
    account = far.account(api, mode="webhook")
    open_door = replace(account, secrets={"token": "1:tok"})
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(open_door, now)

    assert raised.value.field == "hook_secret"


async def test_before_opening(api: BotApi) -> None:
    """Before the bot is known, a signed request is told to come again; one without our secret is refused as ever."""
    connector = connect(api, mode="webhook")
    with pytest.raises(errors.TryLater):
        connector.accept(request(b'{"update_id": 1}'))
    with pytest.raises(errors.NotAllowed):
        connector.accept(request(b'{"update_id": 1}', "wrong"))
    with pytest.raises(errors.TryLater):
        await connector.send(far.words("x", "7"))


async def test_only_posted(api: BotApi, line: Line) -> None:
    """A request that is not posted is not Telegram's."""
    connector = await line(mode="webhook")
    with pytest.raises(errors.Invalid):
        connector.accept(request(b'{"update_id": 1}', method="GET"))


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({}, wire.Health.CONNECTED),
        ({"last_error_date": 1_772_442_000 - 60, "last_error_message": "Wrong response"}, wire.Health.INTERRUPTED),
        ({"last_error_date": 1_772_442_000 - 3600, "last_error_message": "Long ago"}, wire.Health.CONNECTED),
        ({"url": "https://somebody.else/"}, wire.Health.INTERRUPTED),
    ],
)
async def test_health_by_webhook(
    api: BotApi, line: Line, clock: HeldClock, told: dict[str, object], state: wire.Health
) -> None:
    """By webhook, well means that Telegram knows our address and gets through to it now."""
    connector = await line(clock, mode="webhook")
    api.webhook |= {"pending_update_count": 3} | told
    health = await connector.probe()

    assert health.state is state
    assert str(told.get("last_error_message", "")) in health.reason or state is wire.Health.CONNECTED


async def test_health_when_away(api: BotApi, line: Line) -> None:
    """A network that cannot be reached is interrupted; one that asks to wait says how long."""
    connector = await line()
    api.answer_next(failed(429, "Too Many Requests: retry after 9", retry_after=9))
    waiting = await connector.probe()
    await api.stop()
    away = await connector.probe()

    assert (waiting.state, waiting.retry_after) == (wire.Health.INTERRUPTED, timedelta(seconds=9))
    assert away.state is wire.Health.INTERRUPTED


async def test_bad_token_at_the_start(api: BotApi) -> None:
    """A token that Telegram does not know is found out when the channel is opened."""
    account = far.account(api)
    stranger = replace(account, secrets={"token": "4242:AAwrong"})
    connector = registry.connect(stranger, now)
    with pytest.raises(errors.Reauthorize) as raised:
        await connector.open()
    await connector.close()

    assert "AAwrong" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "secrets", "field"),
    [
        ({"mode": "carrier pigeon"}, {"token": "1:tok"}, "mode"),
        ({"groups": "-100777, our group"}, {"token": "1:tok"}, "groups"),
        ({}, {"token": "no token"}, "token"),
        ({}, {"token": "1:tok/../x"}, "token"),
        ({}, {"token": "1:tok\n"}, "token"),
        ({"mode": "webhook"}, {"token": "1:tok", "hook_secret": "not allowed!"}, "hook_secret"),
        ({"mode": "webhook"}, {"token": "1:tok", "hook_secret": "x" * 257}, "hook_secret"),
    ],
)
def test_settings(api: BotApi, options: dict[str, str], secrets: dict[str, str], field: str) -> None:
    """A setting that is not fit is refused by its name, and a secret is not repeated."""
    account = far.account(api)
    wrong = replace(account, options=options, secrets=secrets)
    with pytest.raises(errors.Invalid) as raised:
        registry.connect(wrong, now)

    assert raised.value.field == field
    assert not any(secret in str(raised.value) for secret in secrets.values())
