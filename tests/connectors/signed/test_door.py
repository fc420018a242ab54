"""The signed door's own ways: rotation, what answers mean, looking before sending again, and a channel that cannot answer."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.base import Account, Connector, HookRequest
from bot.connectors.signed import translate
from bot.connectors.signing import Keys
from tests.connectors.far_side import opened, spot
from tests.connectors.signed.receiver import SECRET, Receiver, encoded, message
from tests.connectors.signed.test_contract import SignedFar

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD = "whsec_dGhlIHNlY3JldCBiZWZvcmUgdGhlIGNoYW5nZSwgMzIgYnl0ZXM="
ANSWER = wire.OutboundMessage("key-1", "c1", "Bonjour", is_public=False)


@pytest.fixture
async def far() -> AsyncIterator[SignedFar]:
    """A source that signs, with a server for answers."""
    far = SignedFar()
    await far.receiver.start()
    yield far
    await far.receiver.stop()


def door(options: dict[str, str] | None = None, **secrets: str) -> Connector:
    account = Account("shop", "signed", "", options or {}, secrets={"secret": SECRET} | secrets)
    return registry.connect(account, clock.now)


def request(body: bytes, secret: str = SECRET, at: datetime = NOW) -> HookRequest:
    return HookRequest("POST", Keys(secret).sign("msg_1", body, at), {}, body, at)


def test_translated_whole() -> None:
    """Every field of the wire crosses the door, and a time of another zone becomes UTC."""
    body = encoded(
        message(
            "Voilà",
            sent_at="2026-03-02T10:00:00+02:00",
            act="edited",
            is_public=True,
            is_own=True,
            in_reply_to="m0",
            version="2",
            permalink="https://example.org/m1",
            attachments=[{"external_id": "a1", "kind": "image", "name": "card.png", "url": "https://x", "size": 3}],
        )
    )
    told = door().accept(request(body)).batch.messages

    assert told == (
        wire.InboundMessage(
            external_id="m1",
            conversation_id="c1",
            author=wire.Person("ada", "Ada Lovelace"),
            sent_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
            text="Voilà",
            act=wire.Act.EDITED,
            is_public=True,
            is_own=True,
            in_reply_to="m0",
            version="2",
            permalink="https://example.org/m1",
            attachments=(wire.Attachment("a1", "image", "card.png", "https://x", 3),),
        ),
    )
    assert told[0].sent_at.utcoffset() == timedelta()


def test_rotation() -> None:
    """While the secret is changed, senders that still use the old one are heard."""
    body = encoded(message())
    rotating = door(old_secret=OLD)

    assert len(rotating.accept(request(body, OLD)).batch.messages) == 1
    assert len(rotating.accept(request(body)).batch.messages) == 1
    with pytest.raises(errors.NotAllowed):
        door().accept(request(body, OLD))


_anything = st.binary(max_size=300) | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(
    body=_anything,
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=40)
    ),
)
def test_unsigned_is_never_read(body: bytes, headers: dict[str, str]) -> None:
    """Without our signature, every body and every header is refused in the same way."""
    with pytest.raises(errors.NotAllowed):
        door().accept(HookRequest("POST", headers, {}, body, NOW))


@given(body=_anything)
def test_signed_nonsense(body: bytes) -> None:
    """A body that was signed but is none of ours is Invalid, whatever bytes it has."""
    with pytest.raises(errors.Invalid):
        translate.messages(b"\x01" + body, NOW)


@pytest.mark.parametrize(
    ("body", "receipt"),
    [
        (b"", wire.Receipt("key-1")),
        (b"{}", wire.Receipt("key-1")),
        (b'{"external_id": null}', wire.Receipt("key-1")),
        (b'{"external_id": "r9", "more": [1]}', wire.Receipt("r9")),
        (
            b'{"external_id": "r9", "sent_at": "2026-03-02T10:00:00+01:00", "permalink": "https://x/r9"}',
            wire.Receipt("r9", NOW, "https://x/r9"),
        ),
        (b'{"external_id": "r9", "permalink": "javascript:alert(1)"}', wire.Receipt("r9")),
        (b'{"external_id": "r9", "sent_at": "0001-01-01T00:00:00+14:00"}', wire.Receipt("r9")),
    ],
)
async def test_receipt(far: SignedFar, body: bytes, receipt: wire.Receipt) -> None:
    """A success may name what it made; where it does not, the key is its name."""
    far.receiver.instead = [web.Response(status=202, body=body)]
    async with opened(far) as connector:
        assert receipt == await connector.send(ANSWER)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (301, errors.Refused),
        (307, errors.Refused),
        (400, errors.Refused),
        (404, errors.Refused),
        (410, errors.Refused),
        (401, errors.Reauthorize),
        (403, errors.Reauthorize),
        (408, errors.TryLater),
        (429, errors.TryLater),
        (503, errors.TryLater),
        (500, errors.Uncertain),
        (502, errors.Uncertain),
        (504, errors.Uncertain),
    ],
)
async def test_status(far: SignedFar, status: int, remedy: type[errors.ComptoirError]) -> None:
    """Each status has its remedy; after a failure of theirs we do not know."""
    far.receiver.instead = [status]
    async with opened(far) as connector:
        with pytest.raises(errors.ComptoirError) as raised:
            await connector.send(ANSWER)

    assert remedy is type(raised.value)
    if isinstance(raised.value, errors.TryLater):
        assert raised.value.after == timedelta(seconds=7)


async def test_look(far: SignedFar) -> None:
    """The other side can tell that it has an answer, and just as clearly that it has not."""
    async with opened(far) as connector:
        before = await connector.find(ANSWER)
        await connector.send(ANSWER)
        after = await connector.find(ANSWER)

    assert before is None
    assert after == wire.Receipt("reply-key-1")


async def test_no_way_to_look(far: SignedFar) -> None:
    """Where the other side cannot be asked, we say that we do not know, and never that it has nothing."""
    far.receiver.can_look = False
    async with opened(far) as connector:
        with pytest.raises(errors.Uncertain):
            await connector.find(ANSWER)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'"external_id"', b"<p>external_id", b'{"id": 1}'])
def test_look_at_something_else(body: bytes) -> None:
    """What is no answer to our question proves nothing."""
    with pytest.raises(errors.Uncertain):
        translate.found(body, "key-1")


async def test_private_address() -> None:
    """An answer to an address inside a private network is refused, unless the operator allows that; nothing is called."""
    receiver = Receiver()
    await receiver.start()
    connector = door({"reply_url": receiver.url.replace("http://", "https://")})
    await connector.open()
    with pytest.raises(errors.Refused):
        await connector.send(ANSWER)
    health = await connector.probe()
    await connector.close()
    await receiver.stop()

    assert wire.Health.INTERRUPTED is health.state
    assert receiver.taken == {}


async def test_cannot_answer() -> None:
    """A channel without an address for answers says so before anybody writes one."""
    connector = door()

    assert connector.capabilities(spot(is_public=False)) == wire.Capabilities(
        can_reply=False, why_not="no_reply_url", limit=10_000
    )
    assert (await connector.probe()).state is wire.Health.CONNECTED
    with pytest.raises(errors.Refused):
        await connector.send(ANSWER)


@pytest.mark.parametrize(
    ("told", "health"),
    [
        ([], wire.Health.CONNECTED),
        ([404], wire.Health.CONNECTED),
        ([401], wire.Health.BAD_CREDENTIALS),
        ([503], wire.Health.INTERRUPTED),
        ([500], wire.Health.INTERRUPTED),
    ],
)
async def test_health(far: SignedFar, told: list[int | str | web.Response], health: wire.Health) -> None:
    """A look at the other side tells whether it is there and knows our signature, and sends nothing."""
    far.receiver.instead = told
    async with opened(far) as connector:
        looked = await connector.probe()

    assert health is looked.state
    assert far.receiver.taken == {}


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"limit": "none"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"limit": "10001"}, "limit"),
        ({"reply_url": "ftp://example.org"}, "reply_url"),
        ({"reply_url": "https://user:secret@example.org"}, "reply_url"),
        ({"reply_url": "http://example.org"}, "reply_url"),
        ({"reply_url": "http://127.0.0.1"}, "reply_url"),
    ],
)
def test_wrong_options(options: dict[str, str], field: str) -> None:
    """A setting that cannot be right is refused when the channel is configured, by its name."""
    with pytest.raises(errors.Invalid) as raised:
        door(options)

    assert field == raised.value.field


def test_what_we_send_is_signed_for_any_receiver() -> None:
    """An answer's body is the wire's JSON, which any Standard Webhooks receiver can verify and read."""
    body = translate.outbound(ANSWER)
    signed = Keys(SECRET).sign(ANSWER.key, body, clock.now())
    told = standardwebhooks.Webhook(SECRET).verify(body, signed)

    assert (told["key"], told["conversation_id"], told["text"], told["is_public"]) == ("key-1", "c1", "Bonjour", False)
