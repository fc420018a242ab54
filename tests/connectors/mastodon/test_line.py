"""What else the connector promises: kept payloads, health, and what a line that is not open says."""

import json
import pathlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot import clock, errors, wire
from bot.connectors.base import Connector, HookRequest
from bot.connectors.mastodon import remedies
from inbox import i18n, problems
from tests.connectors import said
from tests.connectors.far_side import hear, listening
from tests.connectors.mastodon import far
from tests.connectors.mastodon.far import Line, words
from tests.connectors.mastodon.instance import ANN, BRAND, Instance, refused


def reread(connector: Connector, raw: object) -> list[wire.InboundMessage]:
    return list(connector.reread(json.dumps(raw).encode()).messages)


async def test_kept_edit(instance: Instance, line: Line) -> None:
    """A kept edit is read again as an edit, with its version."""
    status = instance.write("helo", ANN, "direct")
    instance.edit(status["id"], "hello")
    (edit,) = reread(await line(), instance.statuses[status["id"]])

    assert (edit.act, edit.text, edit.conversation_id) == (wire.Act.EDITED, "hello", "direct:7")
    assert edit.version


async def test_kept_public_mention(instance: Instance, line: Line) -> None:
    """A kept mention finds its conversation without asking anybody: by what is known, else by what it answers."""
    first = instance.say("hello")
    connector = await line()
    async with listening(connector, None) as batches:
        await hear(batches, 1)
    instance.asked.clear()
    answer = instance.write("more", in_reply_to_id=first["id"])
    unknown = instance.write("else", in_reply_to_id="404")
    told = [{"id": "1", "type": "mention", "status": status} for status in (answer, unknown, first)]

    assert [reread(connector, raw)[0].conversation_id for raw in told] == [first["id"], "404", first["id"]]
    assert instance.asked == []


async def test_kept_without_a_post(line: Line) -> None:
    """A notification whose post is gone says nothing any more."""
    assert reread(await line(), {"id": "1", "type": "mention", "status": None}) == []


@pytest.mark.parametrize(
    ("status", "headers", "state"),
    [
        (401, {}, wire.Health.BAD_CREDENTIALS),
        (403, {}, wire.Health.BAD_CREDENTIALS),
        (404, {}, wire.Health.INTERRUPTED),
        (429, {"Retry-After": "7"}, wire.Health.INTERRUPTED),
        (503, {}, wire.Health.INTERRUPTED),
    ],
)
async def test_health(instance: Instance, line: Line, status: int, headers: dict[str, str], state: wire.Health) -> None:
    """How the account is, is said with the reason, and with the pause where the instance asks for one."""
    connector = await line()
    instance.instead.append(refused(status, "the reason", **headers))
    ill = await connector.probe()
    well = await connector.probe()

    assert (ill.state, well.state) == (state, wire.Health.CONNECTED)
    assert ill.reason
    assert (ill.retry_after is not None) == (status in {429, 503})


async def test_not_open(instance: Instance) -> None:
    """A line that is not open sends and hears nothing, and says so."""
    connector = far.connect(instance)
    with pytest.raises(errors.TryLater):
        await connector.send(words("x"))
    with pytest.raises(errors.TryLater):
        connector.receive(None)

    assert (await connector.probe()).state is wire.Health.INTERRUPTED
    assert instance.asked == []


async def test_nobody_calls(line: Line) -> None:
    """Whoever calls in Mastodon's name is turned away."""
    connector = await line()
    with pytest.raises(errors.NotAllowed):
        connector.accept(HookRequest("POST", {}, {}, b"{}", clock.now()))


async def test_opening_that_fails(instance: Instance) -> None:
    """An opening that fails leaves nothing open, and the next one may succeed."""
    connector = far.connect(instance)
    instance.instead.append(refused(401, "The access token is invalid"))
    with pytest.raises(errors.Reauthorize):
        await connector.open()
    await connector.open()
    await connector.close()

    assert instance.calls("GET", "v1/accounts/verify_credentials") == 2


async def test_own_words(instance: Instance, line: Line) -> None:
    """Our own words that name ourselves are not heard; who they are by is told by the account's id."""
    instance.tell(instance.write("@banque ourselves", BRAND))
    instance.tell(instance.write("@banque a namesake", ANN | {"acct": "banque@far.example"}))
    connector = await line()
    async with listening(connector, None) as batches:
        found = [message for batch in await hear(batches, 1) for message in batch.messages]

    assert [message.author.username for message in found] == ["banque@far.example"]
    assert found[0].sent_at <= datetime.now(UTC)


_SAID = [
    *said.sentences(pathlib.Path(remedies.__file__).parent),
    remedies.LOST,
    remedies.EXPIRED,
    f"{remedies.LOST} It may have taken it.",
]


@pytest.mark.parametrize("sentence", _SAID)
def test_in_french(sentence: str) -> None:
    """Whatever the connector says, agents who read French read it in French."""
    assert problems.translated(i18n.Words("fr", ZoneInfo("Europe/Paris")), sentence)
