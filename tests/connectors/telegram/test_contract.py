"""Telegram keeps what every connector promises."""

import pytest

from tests.connectors import contract
from tests.connectors.telegram.bot_api import BotApi
from tests.connectors.telegram.far import Telegram


@pytest.fixture
def far(api: BotApi) -> Telegram:
    return Telegram(api, mode="poll")


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearing(contract.Hearing):
    """By long poll."""


class TestSending(contract.Sending):
    """By sendMessage."""


class TestHooks(contract.Hooks):
    """By webhook."""

    @pytest.fixture
    def far(self, api: BotApi) -> Telegram:
        return Telegram(api, mode="webhook")


class TestKeeping(contract.Keeping):
    """What was set aside."""
