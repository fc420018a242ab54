"""Instagram keeps what every connector promises."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from bot import errors, wire
from tests.connectors import contract
from tests.connectors.enclosing import Enclosing
from tests.connectors.far_side import Taken, opened, spot
from tests.connectors.instagram.far import Instagram
from tests.connectors.meta.private import ANN, PrivateFar


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearing(contract.Hearing):
    """By looking back."""


class TestHooks(contract.Hooks):
    """By Meta's webhook."""


class TestKeeping(contract.Keeping):
    """What was set aside."""


class TestSending(contract.Sending):
    """By replies."""

    async def test_too_long(self, far: Instagram) -> None:  # type: ignore[override]  # the far side of this network
        """In public a text may be longer than in private; at each limit it goes out, beyond it is refused before it leaves."""
        async with opened(far) as connector:
            for is_public in (True, False):
                limit = connector.capabilities(spot(is_public=is_public)).limit
                place = {"is_public": is_public, "conversation_id": "1801" if is_public else "7001"}
                await connector.send(msgspec.structs.replace(far.outbound("x" * limit), **place))
                with pytest.raises(errors.Refused):
                    await connector.send(msgspec.structs.replace(far.outbound("x" * (limit + 1)), **place))

        assert [len(text) for text in public(far)] == [2200]
        assert [len(body["message"]["text"]) for body in far.sent] == [1000]


class InPrivate(Instagram):
    """The same account, in Ann's private conversation."""

    def outbound(self, text: str, key: str = "key-1") -> wire.OutboundMessage:
        return PrivateFar.outbound(self, text, key)

    def taken(self) -> list[Taken]:
        return PrivateFar.taken(self)


class TestFilesInPrivate(Enclosing):
    """In public there are none."""

    @pytest.fixture
    async def far(self) -> AsyncIterator[InPrivate]:
        side = InPrivate()
        await side.api.start()
        yield side
        await side.api.stop()


async def test_how_a_file_is_said(far: Instagram) -> None:
    """A file is carried up for Instagram, and said as what it shares."""
    file = wire.Enclosure("août.jpg", "image/jpeg", b"\xff\xd8\xff")
    async with opened(far) as connector:
        await connector.send(wire.OutboundMessage("k", ANN, "", is_public=False, files=(file,)))

    assert [(one["platform"], one["attachment"]["type"]) for one in far.carried] == [("instagram", "image")]
    assert [one["message"] for one in far.sent] == [{"attachment": {"type": "MEDIA_SHARE", "payload": {"id": "att_0"}}}]
    assert far.files["att_0"][0] == "aout.jpg"


def public(far: Instagram) -> list[str]:
    return [body["message"] for _, body in far.commented]
