"""A permission that somebody took away, a token that dies or will soon: noticed by looking, before a contact is unheard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import errors, wire
from bot.clock import HeldClock
from bot.connectors.meta import standing
from tests.connectors.far_side import keeps_secrets, listening
from tests.connectors.messenger.far import Messenger
from tests.connectors.meta.graph_api import APP_ID, failed

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
async def far() -> AsyncIterator[Messenger]:
    side = Messenger()
    await side.api.start()
    yield side
    await side.api.stop()


async def test_once_a_day(far: Messenger) -> None:
    """Permissions are asked for once a day, and every look asks whether the account answers."""
    clock = HeldClock(AT)
    connector = far.connect(clock)
    await connector.open()
    states = []
    for hours in (0, 1, 22, 1, 1):
        clock.advance(timedelta(hours=hours))
        states.append((await connector.probe()).state)
    await connector.close()

    assert states == [wire.Health.CONNECTED] * 5
    assert len(far.api.calls("debug_token")) == 2
    assert len(far.api.calls(far.us)) == 5


async def test_a_permission_is_gone(far: Messenger) -> None:
    """A day later at most, the health says which permission is missing; given back, it is noticed at the next look."""
    clock = HeldClock(AT)
    connector = far.connect(clock)
    await connector.open()
    await connector.probe()
    far.api.inspected["scopes"] = ["pages_show_list"]
    clock.advance(timedelta(days=1))
    without = await connector.probe()
    far.api.inspected["scopes"] = list(far.scopes)
    again = await connector.probe()
    await connector.close()

    assert without.state is wire.Health.BAD_CREDENTIALS
    assert "pages_messaging" in without.reason
    assert keeps_secrets(far, without)
    assert again.state is wire.Health.CONNECTED


async def test_whoever_looks_back_notices_too(far: Messenger) -> None:
    """A channel that is busy looking back is never asked otherwise, so it looks at its permissions itself."""
    far.api.inspected["is_valid"] = False
    connector = far.connect()
    await connector.open()
    async with listening(connector, None) as batches:
        with pytest.raises(errors.Reauthorize, match="no longer valid"):
            await anext(batches)
    await connector.close()


@pytest.mark.parametrize(
    ("ends", "notice"),
    [
        ({"expires_at": 0}, ""),
        ({"expires_at": int((AT + timedelta(days=30)).timestamp())}, ""),
        ({"expires_at": int((AT + timedelta(days=5)).timestamp())}, "The token ends on 2026-03-07. Renew it before."),
        (
            {"data_access_expires_at": int((AT + timedelta(days=2)).timestamp())},
            "The token ends on 2026-03-04. Renew it before.",
        ),
        ({"expires_at": "soon"}, ""),
        ({"expires_at": 10**20}, ""),
    ],
)
async def test_its_end_is_near(far: Messenger, ends: dict[str, Any], notice: str) -> None:
    """A token that ends within a week is spoken of while it still works."""
    far.api.inspected |= ends
    connector = far.connect(HeldClock(AT))
    await connector.open()
    health = await connector.probe()
    await connector.close()

    assert (health.state, health.reason) == (wire.Health.CONNECTED, notice)


@pytest.mark.parametrize(
    ("listed", "notice"),
    [
        ({"data": [{"id": "1"}, {"id": APP_ID, "subscribed_fields": ["messages"]}]}, ""),
        ({"data": []}, standing.UNSUBSCRIBED),
        ({"data": [{"id": "1"}, None]}, standing.UNSUBSCRIBED),
        ({"told": "nothing"}, ""),
    ],
)
async def test_the_page_is_not_subscribed(far: Messenger, listed: dict[str, Any], notice: str) -> None:
    """An account that works while Meta brings nothing from its Page says so, once a day; what is odd is no alarm."""
    far.subscribed = lambda: listed
    connector = far.connect(HeldClock(AT))
    await connector.open()
    healths = [await connector.probe() for _ in range(2)]
    await connector.close()

    assert [(health.state, health.reason) for health in healths] == [(wire.Health.CONNECTED, notice)] * 2
    assert len(far.api.calls(f"{far.us}/subscribed_apps")) == 1


@pytest.mark.parametrize(("code", "status"), [(200, 403), (190, 401), (4, 400), (1, 500)])
async def test_who_is_subscribed_may_be_withheld(far: Messenger, code: int, status: int) -> None:
    """A Meta that does not say who is subscribed, for want of a permission or whatever else, makes no account ill."""
    far.subscribed = lambda: failed(code, status=status)
    connector = far.connect(HeldClock(AT))
    await connector.open()
    health = await connector.probe()
    await connector.close()

    assert (health.state, health.reason) == (wire.Health.CONNECTED, "")
