"""The fixtures that everything uses: both databases, a clock that stands still, a browser, and no network."""

import pathlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import hypothesis
import playwright.async_api
import pytest
import structlog

from bot.clock import HeldClock
from bot.store.database import Database
from tests import browsers, databases, network

network.forbid()
# A loaded machine is slow, which proves nothing; examples that failed are printed and can be put into the test.
hypothesis.settings.register_profile("comptoir", deadline=None, database=None)
hypothesis.settings.load_profile("comptoir")

OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, the counter opens
NOTICES = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOTICES] = {}


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """A command that a test runs sets up the log for its process, which is this one: the next test finds it as it was."""
    was, is_set_up = structlog.get_config(), structlog.is_configured()
    yield
    if is_set_up:
        structlog.configure(**was)
    else:
        structlog.reset_defaults()


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> databases.SQLite:
    return databases.SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.PostgreSQL]:
    try:
        server = databases.PostgreSQL()
    except databases.NoPostgreSQL as why:
        pytest.skip(f"PostgreSQL cannot be had here: {why}")
    yield server
    server.close()


@pytest.fixture
def sqlite_url(sqlite: databases.SQLite, tmp_path: pathlib.Path) -> Iterator[str]:
    """The address of a fresh, migrated SQLite file."""
    with sqlite.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql: databases.PostgreSQL) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database."""
    with postgresql.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def clock() -> HeldClock:
    """A clock that stands at the opening of a Monday until the test advances it."""
    return HeldClock(OPENING)


@pytest.fixture
async def database(database_url: str, clock: HeldClock) -> AsyncIterator[Database]:
    """An open, empty database, on each of the two kinds, whose time is `clock`."""
    database = Database(database_url, now=clock)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def browser() -> AsyncIterator[playwright.async_api.Browser]:
    """This machine's Chromium, without a window."""
    path = browsers.chromium()
    if path is None:
        pytest.skip("no Chromium here: install it, or name it in COMPTOIR_TEST_CHROMIUM")
    async with playwright.async_api.async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=path, args=browsers.arguments())
        yield chromium
        await chromium.close()
