"""WhatsApp keeps what every connector promises."""

import msgspec

from tests.connectors import contract
from tests.connectors.far_side import Taken, opened
from tests.connectors.whatsapp.far import WhatsApp


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHooks(contract.Hooks):
    """By Meta's webhook."""


class TestKeeping(contract.Keeping):
    """What was set aside."""


class TestSending(contract.Sending):
    """By the Cloud API."""

    async def test_reply(self, far: WhatsApp) -> None:  # type: ignore[override]  # the far side of this network
        """An answer goes into the conversation of what it answers, and quotes it."""
        async with opened(far) as connector:
            heard = connector.accept(far.hook("hello?")).batch.messages[0]
            words = {"conversation_id": heard.conversation_id, "in_reply_to": heard.external_id}
            await connector.send(msgspec.structs.replace(far.outbound("hello!"), **words))

        assert [Taken("wamid.out1", heard.conversation_id, "hello!", heard.external_id)] == far.taken()
