"""What may be done on the fake network is what its options say, and the network does it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot import errors, wire
from bot.connectors.base import Connector
from bot.connectors.fake.allowances import Allowances
from bot.connectors.fake.ledger import What
from tests.connectors.fake.far import ADA, NOW, FakeFar

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def far() -> AsyncIterator[FakeFar]:
    far = FakeFar()
    await far.server.start()
    yield far
    await far.server.stop()


@pytest.fixture
async def connector(far: FakeFar) -> AsyncIterator[Connector]:
    connector = far.connect()
    await connector.open()
    yield connector
    await connector.close()


def spot(*, is_public: bool = False, ago: timedelta = HOUR, **traits: str) -> wire.Spot:
    return wire.Spot("t", is_public, NOW, "m1", NOW - ago, traits)


def test_without_options_everything_may_be_answered_and_nothing_else_done() -> None:
    """For ever, in public and in private."""
    for is_public in (True, False):
        may = Allowances({}).at(spot(is_public=is_public, ago=400 * DAY))
        assert (may.can_reply, may.until, dict(may.acts)) == (True, None, {})


def test_a_window_ends_at_its_hour() -> None:
    """Until then it says when, from then on why not; public words know no window."""
    allowed = Allowances({"window_hours": "24"})

    open_ = allowed.at(spot(ago=23 * HOUR))
    assert open_.permission("reply") == wire.Permission(until=NOW + HOUR)
    assert allowed.at(spot(ago=DAY)).permission("reply") == wire.Permission(is_allowed=False, why_not="window_over")
    assert allowed.at(spot(is_public=True, ago=9 * DAY)).can_reply


def test_private_replies_and_summons() -> None:
    """An author can be written to for some days; whoever did not mention the account cannot be answered in public."""
    allowed = Allowances({"private_reply_days": "7", "acts": "hide,like"})

    there = allowed.at(spot(is_public=True, ago=6 * DAY, summons="no"))
    assert (there.can_reply, there.why_not) == (False, "not_summoned")
    assert there.permission("private_reply") == wire.Permission(until=NOW + DAY)
    late = allowed.at(spot(is_public=True, ago=7 * DAY))
    assert late.permission("private_reply") == wire.Permission(is_allowed=False, why_not="private_reply_over")
    assert (late.permission("unhide").is_allowed, late.permission("delete").is_allowed) == (True, False)
    assert not allowed.at(spot()).permission("hide").is_allowed


@pytest.mark.parametrize("options", [{"acts": "hide, hug"}, {"window_hours": "soon"}, {"private_reply_days": "-1"}])
def test_an_option_that_means_nothing_is_refused(options: dict[str, str]) -> None:
    """The sentence names the option."""
    with pytest.raises(errors.Invalid, match=next(iter(options))):
        Allowances(options)


async def test_a_private_reply_names_its_conversation(far: FakeFar, connector: Connector) -> None:
    """It goes to the author's own chat, and the receipt says to which; the same key again is the same words there."""
    post = await far.account.say(ADA, "Toujours rien !", thread="wall", is_public=True)
    words = wire.OutboundMessage("k", "wall", "Bonjour Ada.", is_public=False, in_reply_to=post.id)

    receipt = await connector.send(words)

    assert receipt.conversation_id == "chat-ada"
    assert far.account.posts[receipt.external_id].thread == "chat-ada"
    assert await connector.find(words) == receipt


async def test_deeds(far: FakeFar, connector: Connector) -> None:
    """Hidden and shown, liked and not, own words changed and taken away; what is not ours and what is unknown is refused."""
    post = await far.account.say(ADA, "Voleurs !", thread="wall", is_public=True)
    own = (await connector.send(wire.OutboundMessage("k", "wall", "Bonjour.", is_public=True))).external_id

    async def do(act: str, message: str, text: str = "") -> None:
        await connector.act(wire.Deed(act, message, "wall", text))

    await do("hide", post.id)
    await do("hide", post.id)
    assert far.account.hidden == {post.id}
    await do("unhide", post.id)
    await do("like", post.id)
    assert (far.account.hidden, far.account.liked) == (set(), {post.id})
    await do("edit", own, "Bonsoir.")
    assert far.account.posts[own].text == "Bonsoir."
    await do("delete", own)
    assert own not in far.account.posts
    for act, message in (("delete", post.id), ("hug", post.id)):
        with pytest.raises(errors.Refused):
            await do(act, message)
    assert [entry.kind for entry in far.net.ledger.entries(What.DONE)] == [
        "hide", "hide", "unhide", "like", "edit", "delete",
    ]  # fmt: skip
