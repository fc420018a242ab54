"""X keeps what every connector promises."""

import msgspec
import pytest

from bot import errors
from tests.connectors import contract
from tests.connectors.far_side import FarSide, hear, listening, opened
from tests.connectors.x.far import XFar
from tests.connectors.x.x_api import XApi


@pytest.fixture
def far(api: XApi) -> XFar:
    return XFar(api, mode="poll", in_public=True)


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearingMentions(contract.Hearing):
    """Posts that mention the account, by asking."""


class TestHearingDirectMessages(contract.Hearing):
    """Direct messages, by asking."""

    @pytest.fixture
    def far(self, api: XApi) -> XFar:
        return XFar(api, mode="poll", in_public=False)


class TestReplying(contract.Sending):
    """In public, as a reply."""

    async def test_too_long(self, far: FarSide) -> None:
        """A post at its own limit goes out, which is shorter than that of a direct message; a longer one is refused."""
        async with opened(far) as connector:
            await connector.send(far.outbound("x" * 280))
            with pytest.raises(errors.Refused):
                await connector.send(far.outbound("x" * 281, key="key-2"))

        assert [taken.text for taken in far.taken()] == ["x" * 280]


class TestWriting(contract.Sending):
    """In private, as a direct message."""

    @pytest.fixture
    def far(self, api: XApi) -> XFar:
        return XFar(api, mode="poll", in_public=False)

    async def test_reply(self, far: FarSide) -> None:
        """An answer goes into the conversation; X's direct messages do not say which words they answer."""
        await far.say("hello?")
        async with opened(far) as connector, listening(connector, None) as batches:
            heard = (await hear(batches, 1))[0].messages[0]
            answer = msgspec.structs.replace(far.outbound("hello!"), conversation_id=heard.conversation_id)
            await connector.send(answer)

        assert far.taken()[-1].conversation_id == heard.conversation_id


class TestHooks(contract.Hooks):
    """By webhook."""

    @pytest.fixture
    def far(self, api: XApi) -> XFar:
        return XFar(api, mode="webhook", in_public=False)


class TestKeeping(contract.Keeping):
    """What was set aside."""
