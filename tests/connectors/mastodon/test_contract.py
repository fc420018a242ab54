"""Mastodon keeps what every connector promises."""

import pytest

from tests.connectors import contract
from tests.connectors.mastodon.far import Mastodon
from tests.connectors.mastodon.instance import Instance


@pytest.fixture
def far(instance: Instance) -> Mastodon:
    return Mastodon(instance)


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearing(contract.Hearing):
    """By stream, and by looking."""


class TestSending(contract.Sending):
    """By posts."""


class TestKeeping(contract.Keeping):
    """What was set aside."""
