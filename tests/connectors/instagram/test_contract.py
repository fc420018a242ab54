"""Instagram keeps what every connector promises."""

import msgspec
import pytest

from bot import errors
from tests.connectors import contract
from tests.connectors.far_side import opened, spot
from tests.connectors.instagram.far import Instagram


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


def public(far: Instagram) -> list[str]:
    return [body["message"] for _, body in far.commented]
