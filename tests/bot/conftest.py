"""The bank that most stories need."""

import pytest

from bot.store.database import Database
from tests import world


@pytest.fixture
async def bank(database: Database) -> world.Bank:
    """Crédit des Deux Rives, with everybody in it and nobody at their desk."""
    return await database.write(world.open_bank)
