"""Threads keeps what every connector promises."""

from tests.connectors import contract


class TestManifest(contract.ManifestIsComplete):
    """The manifest is complete."""


class TestHearing(contract.Hearing):
    """By looking back."""


class TestHooks(contract.Hooks):
    """By Meta's webhook."""


class TestKeeping(contract.Keeping):
    """What was set aside."""


class TestSending(contract.Sending):
    """By what is published."""
