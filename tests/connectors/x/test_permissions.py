"""What may be done at a spot on X."""

import pytest

from bot import clock, errors, wire
from bot.connectors import registry
from bot.connectors.x import enclosures
from tests.connectors.x.far import Line, account, words
from tests.connectors.x.x_api import ANN, XApi

THREAD = f"20~{ANN['id']}"


def spot(*, is_public: bool = True, message_id: str = "20", **traits: str) -> wire.Spot:
    place = THREAD if is_public else f"dm:{ANN['id']}"
    return wire.Spot(place, is_public, clock.now(), message_id, clock.now(), traits)


def may(api: XApi, where: wire.Spot, **options: str) -> wire.Capabilities:
    return registry.connect(account(api, None, **options), clock.now).capabilities(where)


async def test_summoned(api: XApi) -> None:
    """Who called us may be answered where they did, and nobody else: they are written to in private."""
    called, other = may(api, spot(summoned="yes")), may(api, spot())

    assert (called.can_reply, called.why_not, called.limit) == (True, "", 280)
    assert (other.can_reply, other.why_not) == (False, "not_summoned")
    assert other.acts["private_reply"] == wire.Permission()


async def test_enterprise(api: XApi) -> None:
    """An enterprise's app may answer everywhere, and an account with a subscription at length."""
    found = may(api, spot(), plan="enterprise", longest_post="25000")

    assert (found.can_reply, found.limit) == (True, 25_000)


async def test_nothing_to_answer(api: XApi) -> None:
    """Without a post of the contact's there is nothing to answer, whoever we are."""
    found = may(api, spot(message_id=""), plan="enterprise")

    assert (found.can_reply, found.why_not) == (False, "nothing_to_answer")
    assert not found.acts["private_reply"].is_allowed


async def test_hide(api: XApi) -> None:
    """Only what stands under our own posts can be hidden."""
    assert may(api, spot(ours="yes")).acts["hide"].is_allowed
    assert may(api, spot()).acts["hide"] == wire.Permission(is_allowed=False, why_not="not_under_ours")


async def test_withdrawn(api: XApi) -> None:
    """Likes are not offered, nor edits of replies."""
    acts = may(api, spot()).acts

    assert [acts[name].is_allowed for name in ("like", "edit", "delete")] == [False, False, True]


async def test_private(api: XApi) -> None:
    """A direct message is answered at length; an encrypted one on X itself."""
    assert may(api, spot(is_public=False)) == wire.Capabilities(limit=10_000, files=enclosures.IN_DIRECT)
    assert may(api, spot(is_public=False, encrypted="yes")).why_not == "encrypted"


async def test_every_reason_has_its_sentence(api: XApi) -> None:
    """Each reason why not stands in the manifest, in both languages."""
    connector = registry.connect(account(api), clock.now)
    spots = [spot(), spot(message_id=""), spot(is_public=False, encrypted="yes")]
    found = [connector.capabilities(one) for one in spots]
    reasons = {one.why_not for one in found} | {each.why_not for one in found for each in one.acts.values()}

    assert reasons - {""} <= set(connector.manifest.sentences)


async def test_hidden_and_shown(api: XApi, line: Line) -> None:
    """Hiding and showing again are said to X in its own words."""
    connector = await line()
    await connector.act(wire.Deed("hide", "20", THREAD))
    await connector.act(wire.Deed("unhide", "20", THREAD))
    await connector.act(wire.Deed("delete", "21", THREAD))

    assert api.told == [
        ("PUT", "/2/tweets/20/hidden", {"hidden": True}),
        ("PUT", "/2/tweets/20/hidden", {"hidden": False}),
        ("DELETE", "/2/tweets/21", None),
    ]


@pytest.mark.parametrize(
    "deed",
    [
        wire.Deed("like", "20", THREAD),
        wire.Deed("edit", "20", THREAD),
        wire.Deed("hide", "dm:20", THREAD),
        wire.Deed("hide", "../2", THREAD),
    ],
)
async def test_unknown_deeds(api: XApi, line: Line, deed: wire.Deed) -> None:
    """What X does not let us do is refused before it is asked."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.act(deed)

    assert api.told == []


async def test_public_to_private(api: XApi, line: Line) -> None:
    """A private answer to public words goes to their author, and the receipt names the conversation that it went into."""
    connector = await line()
    receipt = await connector.send(words("In private", THREAD, in_reply_to="20", to=wire.Person(ANN["id"])))
    unnamed = await connector.send(words("In private, too", THREAD, in_reply_to="20"))

    assert [one["to"] for one in api.written] == [ANN["id"]] * 2
    assert receipt.conversation_id == unnamed.conversation_id == f"dm:{ANN['id']}"


async def test_several_people(api: XApi, line: Line) -> None:
    """Direct messages of several people are answered where they were written."""
    connector = await line()
    await connector.send(words("to all", "dm:g1585094756761149440"))

    assert api.told[-1] == ("POST", "/2/dm_conversations/1585094756761149440/messages", {"text": "to all"})


@pytest.mark.parametrize("place", ["", "7", "dm:", "dm:x", "../../2/tweets", "dm:7/../8", "20~", "dm:7\n", "٧~٧"])
async def test_no_place(api: XApi, line: Line, place: str) -> None:
    """What is no conversation of ours never becomes a part of an address."""
    connector = await line()
    with pytest.raises(errors.Refused):
        await connector.send(words("x", place))

    assert api.told == []


async def test_unsendable(api: XApi, line: Line) -> None:
    """Half an emoji, and a public reply to nothing, are refused before they leave."""
    connector = await line()
    for message in (words("\ud83d", f"dm:{ANN['id']}"), words("x", THREAD, is_public=True, in_reply_to="dm:5")):
        with pytest.raises(errors.Refused):
            await connector.send(message)

    assert api.told == []
