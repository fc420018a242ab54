"""Our door for X: it proves that it is ours, takes what X signed and nothing else, and is set up once."""

import base64
import json
from dataclasses import replace

import pytest

from bot import clock, errors, wire
from bot.connectors.base import HookRequest
from tests.connectors.far_side import hear, listening, texts
from tests.connectors.x import far
from tests.connectors.x.far import HOOK_URL, Line, direct, event, request
from tests.connectors.x.test_translate import PAYLOADS, payload
from tests.connectors.x.x_api import US, XApi


def asked(**query: str) -> HookRequest:
    return HookRequest("GET", {}, query, b"", clock.now())


def brought(told: object) -> HookRequest:
    return request(json.dumps(told).encode())


async def test_challenge(api: XApi, line: Line) -> None:
    """X's question whether the door is ours is answered by X's recipe."""
    connector = await line(mode="webhook")
    answer = connector.accept(asked(crc_token="challenge-9f", nonce="x"))

    assert answer.status == 200
    assert json.loads(answer.body) == {"response_token": far.signed(b"challenge-9f")}
    assert len(base64.b64decode(json.loads(answer.body)["response_token"].removeprefix("sha256="))) == 32


@pytest.mark.parametrize("query", [{}, {"crc_token": ""}, {"crc_token": "x" * 10_000}, {"hub.challenge": "1"}])
async def test_no_challenge(api: XApi, line: Line, query: dict[str, str]) -> None:
    """Nothing else that is asked of the door is answered."""
    connector = await line(mode="webhook")
    with pytest.raises(errors.NotAllowed):
        connector.accept(asked(**query))


@pytest.mark.parametrize(
    "told",
    [
        direct("Change my telephone number"),
        event("oauth.revoke", {"user_id": US["id"], "app_id": "1"}),
        event("post.delete", {"id": "1", "author_id": "2"}),
    ],
)
@pytest.mark.parametrize("before", ["", " ", "\n", "\ufeff"])
async def test_an_event_is_no_challenge(api: XApi, line: Line, told: object, before: str) -> None:
    """Who asks us to sign an event is refused: with our answer he could bring it as X's own."""
    connector = await line(mode="webhook")
    body = before + json.dumps(told, separators=(",", ":"))
    with pytest.raises(errors.NotAllowed):
        connector.accept(asked(crc_token=body))


@pytest.mark.parametrize("token", ["3", "null", "true", "Y2hhbGxlbmdl", "a-b_c+d/e=="])
async def test_what_is_signed_is_no_event(api: XApi, line: Line, token: str) -> None:
    """A token that we sign, brought to us as a body with our own signature, says nothing."""
    connector = await line(mode="webhook")
    signature = json.loads(connector.accept(asked(crc_token=token)).body)["response_token"]
    with pytest.raises(errors.Invalid):
        connector.accept(
            HookRequest("POST", {"x-twitter-webhooks-signature": signature}, {}, token.encode(), clock.now())
        )


async def test_another_channel(api: XApi, line: Line) -> None:
    """A channel that is not heard by webhook has no door."""
    connector = await line(mode="poll")
    with pytest.raises(errors.NotAllowed):
        connector.accept(brought(direct("hello")))
    with pytest.raises(errors.NotAllowed):
        connector.accept(asked(crc_token="x"))


async def test_raw_bytes(api: XApi, line: Line) -> None:
    """The signature is over the bytes as they came: the same JSON, written otherwise, is another body."""
    connector = await line(mode="webhook")
    signed = brought(direct("né à l'été"))
    otherwise = json.dumps(json.loads(signed.body), ensure_ascii=False).encode()
    with pytest.raises(errors.NotAllowed):
        connector.accept(replace(signed, body=otherwise))

    assert texts([connector.accept(signed).batch]) == ["né à l'été"]


@pytest.mark.parametrize("name", sorted(file.stem for file in PAYLOADS.glob("event_*.json")))
async def test_every_event(api: XApi, line: Line, name: str) -> None:
    """Every documented event is taken, so that X does not bring it for ever."""
    connector = await line(mode="webhook")
    answer = connector.accept(brought(payload(name)))

    assert answer.status == 200
    assert answer.batch.cursor is None


async def test_revoked(api: XApi, line: Line) -> None:
    """When the account withdraws our access, the channel says so at once; another account's is none of our business."""
    connector = await line(mode="webhook")
    connector.accept(brought(event("oauth.revoke", {"user_id": "3", "app_id": "1"})))
    before = await connector.probe()
    connector.accept(brought(event("oauth.revoke", {"user_id": US["id"], "app_id": "1"})))
    after = await connector.probe()

    assert before.state is wire.Health.CONNECTED
    assert after.state is wire.Health.BAD_CREDENTIALS
    assert "withdrawn" in after.reason


async def test_edits(api: XApi, line: Line) -> None:
    """Each version of a post that X brings is one edit of the first."""
    connector = await line(mode="webhook")
    post = payload("event_mention")
    first = post["data"]["payload"]["id"]
    versions = [first]
    messages = list(connector.accept(brought(post)).batch.messages)
    for newer in ("2080765813578191400", "2080765813578191401"):
        versions.append(newer)
        post["data"]["payload"] |= {"id": newer, "edit_history_tweet_ids": versions, "text": f"version {newer}"}
        messages += connector.accept(brought(post)).batch.messages

    assert [message.external_id for message in messages] == [first] * 3
    assert [message.act for message in messages] == [wire.Act.SAID, wire.Act.EDITED, wire.Act.EDITED]
    assert len({message.version for message in messages}) == 3


async def test_set_up_once(api: XApi, line: Line) -> None:
    """X is told of our door and of what we want to hear; done again, it changes nothing; found shut, X looks again."""
    connector = await line(mode="webhook")
    for _ in range(2):
        api.post("@LaBanque hello")
        async with listening(connector, None) as batches:
            await hear(batches, 1)
        api.webhooks[0]["valid"] = False
    async with listening(connector, None) as batches:
        await hear(batches, 1)

    assert [one["url"] for one in api.webhooks] == [HOOK_URL]
    assert api.webhooks[0]["valid"]
    assert [one["event_type"] for one in api.subscriptions] == [
        "post.mention.create",
        "post.reply.create",
        "post.quote.create",
        "post.delete",
        "dm.received",
        "dm.sent",
        "chat.received",
    ]
    assert {(one["filter"]["user_id"], one["webhook_id"]) for one in api.subscriptions} == {
        (US["id"], api.webhooks[0]["id"])
    }


async def test_shut_door(api: XApi, line: Line) -> None:
    """While X finds our door shut, the channel says so."""
    connector = await line(mode="webhook")
    api.post("@LaBanque hello")
    async with listening(connector, None) as batches:
        await hear(batches, 1)
    well = await connector.probe()
    api.webhooks[0]["valid"] = False
    ill = await connector.probe()

    assert (well.state, ill.state) == (wire.Health.CONNECTED, wire.Health.INTERRUPTED)
    assert ill.reason == "X does not know our address, or found it shut."


async def test_missed_while_away(api: XApi, line: Line) -> None:
    """What X could not bring while we were away is found by asking."""
    api.post("@LaBanque while you were away")
    api.dm("and in private")
    connector = await line(mode="webhook")
    async with listening(connector, None) as batches:
        heard = await hear(batches, 2)

    assert texts(heard) == ["@LaBanque while you were away", "and in private"]
