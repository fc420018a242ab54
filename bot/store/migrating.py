"""What only Alembic can do; `schema` calls it when there is something to do."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(url: str, to: str) -> None:
    """Run the migrations up to a revision."""
    command.upgrade(_config(url), to)


def downgrade(url: str, to: str) -> None:
    """Undo the migrations down to a revision."""
    command.downgrade(_config(url), to)


def revisions() -> list[str]:
    """All revisions in their order, as Alembic reads them."""
    found = [one.revision for one in ScriptDirectory(str(_FOLDER)).walk_revisions()]
    return list(reversed(found))


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["url"] = url
    return config
