"""Channels as `comptoir.toml` wants them: made when they are new, changed when they differ, never removed by being left out."""

from collections.abc import Sequence

from bot.desk import channelling
from bot.desk.channelling import Connection
from bot.model.event import SYSTEM
from bot.settings import ChannelSettings
from bot.store import channels, teams
from bot.store.transaction import Transaction


def configure(tx: Transaction, tables: Sequence[ChannelSettings]) -> None:
    """Bring the desk's channels in line with the file. Raises Invalid for what cannot be."""
    for table in tables:
        wanted = Connection(
            name=table.name,
            title=table.title or table.name,
            network=table.network,
            base_url=table.base_url,
            branch=table.branch,
            team_id=_team(tx, table),
            language=table.language,
            options=table.options,
            secrets=table.secrets,
        )
        known = channels.by_name(tx, table.name)
        # What its network requires is checked when its door is opened, and said in the channel's health.
        if known is None:
            channelling.connect(tx, wanted, required=(), by=SYSTEM)
        else:
            channelling.change(tx, known.id, wanted, required=(), by=SYSTEM)


def _team(tx: Transaction, table: ChannelSettings) -> int | None:
    if not table.team:
        return None
    known = teams.by_name(tx, table.team)
    return known.id if known else teams.add(tx, name=table.team, branch=table.branch)
