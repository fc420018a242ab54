"""The fake network's connector keeps the promises of every connector."""

from collections.abc import AsyncIterator

import pytest

from tests.connectors import contract
from tests.connectors.fake.far import FakeFar


@pytest.fixture
async def far() -> AsyncIterator[FakeFar]:
    """The fake network, asked by long poll."""
    far = FakeFar()
    await far.server.start()
    yield far
    await far.server.stop()


class TestManifest(contract.ManifestIsComplete):
    pass


class TestHearing(contract.Hearing):
    pass


class TestSending(contract.Sending):
    pass


class TestHooks(contract.Hooks):
    @pytest.fixture
    async def far(self) -> AsyncIterator[FakeFar]:
        """The fake network, which pushes."""
        far = FakeFar(is_pushed=True)
        await far.server.start()
        yield far
        await far.server.stop()


class TestKeeping(contract.Keeping):
    pass
