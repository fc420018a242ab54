"""Pictures go up in pieces before anything is said, and pictures of direct messages come by the account's token alone."""

import msgspec
import pytest

from bot import errors, wire
from bot.connectors.base import Connector, Fetches
from tests.connectors.x.far import Line, words
from tests.connectors.x.x_api import ANN, XApi, problem

PRIVATE = "https://ton.twitter.com/1.1/ton/data/dm/1/2/a.jpg"
PICTURE = wire.Enclosure("a.png", "image/png", b"drawn", "all white", 60, 40)


def reply(*files: wire.Enclosure, text: str = "Voici") -> wire.OutboundMessage:
    message = words(text, f"20~{ANN['id']}", is_public=True, in_reply_to="20")
    return msgspec.structs.replace(message, files=files)


def direct(*files: wire.Enclosure, text: str = "Voici") -> wire.OutboundMessage:
    return msgspec.structs.replace(words(text, f"dm:{ANN['id']}"), files=files)


def steps(api: XApi) -> list[str]:
    """What was done, in order."""
    return [path.rpartition("/")[2] for _, path, _ in api.told]


async def fetching(line: Line) -> Fetches:
    connector = await line()
    assert isinstance(connector, Fetches)
    return connector


async def test_in_pieces(api: XApi, line: Line) -> None:
    """A large picture goes up in pieces of a megabyte, and is whole at X; only then are the words said."""
    large = msgspec.structs.replace(PICTURE, body=bytes(range(256)) * 9_766)
    await (await line()).send(reply(large))

    assert steps(api) == ["initialize", "append", "append", "append", "finalize", "metadata", "tweets"]
    assert [one.body for one in api.uploads.known.values()] == [large.body]


async def test_categories(api: XApi, line: Line) -> None:
    """X wants to know beforehand whether a picture is for a post or for a direct message, whose pictures it does not describe."""
    connector = await line()
    await connector.send(reply(PICTURE))
    await connector.send(direct(PICTURE))

    assert [(one.category, one.alt) for one in api.uploads.known.values()] == [
        ("tweet_image", "all white"),
        ("dm_image", ""),
    ]


async def test_a_long_description(api: XApi, line: Line) -> None:
    """X takes a thousand characters; what is longer is cut rather than refused."""
    await (await line()).send(reply(msgspec.structs.replace(PICTURE, alt="é" * 1_500)))

    assert [one.alt for one in api.uploads.known.values()] == ["é" * 1_000]


async def test_x_looks_at_it(api: XApi, line: Line) -> None:
    """While X is still looking at a picture, nothing is said."""
    api.uploads.states = ["pending", "in_progress", "succeeded"]
    await (await line()).send(reply(PICTURE))

    assert [path for _, path in api.asked if "STATUS" in path] == [
        f"/2/media/upload?command=STATUS&media_id={number}" for number in api.uploads.known for _ in range(2)
    ]
    assert len(api.own) == 1


async def test_x_cannot_read_it(api: XApi, line: Line) -> None:
    """A picture that X cannot read is refused, with a sentence, and nothing is said."""
    api.uploads.states = ["pending", "failed"]
    with pytest.raises(errors.Refused, match="could not read"):
        await (await line()).send(reply(PICTURE))

    assert api.own == []


async def test_x_never_ends_looking(api: XApi, line: Line) -> None:
    """We do not wait without end either: it is tried again later, and nothing was said."""
    api.uploads.states = ["pending"] * 100
    with pytest.raises(errors.TryLater):
        await (await line()).send(reply(PICTURE))

    assert api.own == []
    assert len(api.uploads.states) > 70


@pytest.mark.parametrize("step", range(4))
async def test_lost_on_the_way_up(api: XApi, line: Line, step: int) -> None:
    """Whichever of its steps is lost, nothing was said, so the same goes out again: once."""
    connector = await line()
    api.fine_first = step
    api.instead.append(lambda: problem(503, "over capacity"))
    with pytest.raises(errors.TryLater):
        await connector.send(reply(PICTURE))
    before = list(api.own)
    await connector.send(reply(PICTURE))

    assert before == []
    assert len(api.own) == 1


async def test_a_token_that_ends_on_the_way(api: XApi, line: Line) -> None:
    """A token that is refused in the midst is renewed, and the picture goes on."""
    connector = await line()
    await connector.send(reply(PICTURE))
    api.access_token = "another"
    await connector.send(reply(PICTURE, text="encore"))

    assert len(api.renewals) == 2
    assert len(api.own) == 2


@pytest.mark.parametrize(
    "message", [reply(PICTURE), reply(PICTURE, text=""), direct(PICTURE), direct(PICTURE, text="")]
)
async def test_found_again(api: XApi, line: Line, message: wire.OutboundMessage) -> None:
    """Words whose answer was lost are found by a look, although X writes a link to the picture behind them."""
    connector = await line()
    api.fine_first = len(_ways_up(message))
    api.losing_at_last = 1
    with pytest.raises(errors.Uncertain):
        await connector.send(message)
    found = await connector.find(message)
    other = await _found(connector, msgspec.structs.replace(message, text="other"))

    assert found is not None
    (id_,) = [one["id"] for one in (*api.own, *api.written)]
    assert found.external_id.removeprefix("dm:") == id_
    assert other is None


async def test_what_it_costs(api: XApi, line: Line) -> None:
    """A description costs half a cent beside the reply, and a private picture as much; carrying up is free."""
    connector = await line()
    await connector.send(reply(PICTURE))
    api.uploads.private["1/2/a.jpg"] = b"a photo"
    assert isinstance(connector, Fetches)
    for _ in range(2):
        await connector.fetch(wire.Attachment("3_1", "photo", url=PRIVATE))
    reason = (await connector.probe()).reason

    # Who we are 0.01, the reply 0.01, its description 0.005, the picture once 0.005.
    assert "$0.03 this month" in reason


async def test_a_picture_of_a_direct_message(api: XApi, line: Line) -> None:
    """It is asked for by the account's token, at the channel's own address; nobody goes to the one that was named."""
    api.uploads.private["1/2/a.jpg"] = b"a photo"
    body = await (await fetching(line)).fetch(wire.Attachment("3_1", "photo", url=PRIVATE))

    assert body == b"a photo"
    assert ("GET", "/2/dm_conversations/media/1/2/a.jpg") in api.asked


async def test_a_picture_of_a_post(api: XApi, line: Line) -> None:
    """Everybody may have it, so it is asked for without a token."""
    api.open_files["a.jpg"] = b"a photo"
    body = await (await fetching(line)).fetch(wire.Attachment("3_1", "photo", url=f"{api.url}/open/a.jpg"))

    assert body == b"a photo"
    assert api.bearers_of_open_files == [""]


@pytest.mark.parametrize(
    "path", ["open/1.1/ton/data/dm/1/2/a.jpg", "open/a.jpg?at=ton.twitter.com/1.1/ton/data/dm/1/2/a.jpg"]
)
async def test_what_only_looks_private(api: XApi, line: Line, path: str) -> None:
    """An address that only resembles X's gets no token of ours."""
    with pytest.raises(errors.ComptoirError):
        await (await fetching(line)).fetch(wire.Attachment("3_1", "photo", url=f"{api.url}/{path}"))

    assert set(api.bearers_of_open_files) <= {""}
    assert not any("dm_conversations" in asked for _, asked in api.asked)


@pytest.mark.parametrize(
    "file", [wire.Attachment("1", "photo"), wire.Attachment("1", "encrypted", url="https://x.com/messages")]
)
async def test_nothing_to_fetch(api: XApi, line: Line, file: wire.Attachment) -> None:
    """An encrypted message is opened on X; its address is no file."""
    with pytest.raises(errors.NotFound):
        await (await fetching(line)).fetch(file)


@pytest.mark.parametrize("url", [PRIVATE, "open"])
async def test_what_x_no_longer_has(api: XApi, line: Line, url: str) -> None:
    """Gone is final; a busy X is asked later."""
    connector = await fetching(line)
    with pytest.raises(errors.Refused, match="no longer"):
        await connector.fetch(wire.Attachment("1", "photo", url=PRIVATE if url == PRIVATE else f"{api.url}/open/gone"))


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_x_is_asked_later(api: XApi, line: Line, status: int) -> None:
    """429, and a failure of X's own, are for later."""
    connector = await fetching(line)
    api.instead.append(lambda: problem(status, "later"))
    with pytest.raises(errors.TryLater):
        await connector.fetch(wire.Attachment("1", "photo", url=PRIVATE))


def _ways_up(message: wire.OutboundMessage) -> list[str]:
    """What is asked of X before the words."""
    return ["initialize", "append", "finalize", *(["metadata"] if message.is_public else [])]


async def _found(connector: Connector, message: wire.OutboundMessage) -> wire.Receipt | None:
    try:
        return await connector.find(message)
    except errors.Uncertain:
        return None
