"""Bluesky keeps what every connector promises."""

import pytest

from tests.connectors import contract
from tests.connectors.bluesky.far import Bluesky
from tests.connectors.bluesky.xrpc import Xrpc


@pytest.fixture
def far(api: Xrpc) -> Bluesky:
    return Bluesky(api)


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearing(contract.Hearing):
    """By asking for notifications."""


class TestSending(contract.Sending):
    """By writing posts."""


class TestKeeping(contract.Keeping):
    """What was set aside."""
