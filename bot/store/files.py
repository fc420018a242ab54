"""How the fetching of files does, at a cost that does not grow with them."""

from sqlalchemy import func, select

from bot.model.columns import table
from bot.model.message import Attachment
from bot.store.transaction import Transaction

SAMPLE = 1_000
MOST = 10_000  # that wait; more are not counted

_ATTACHMENT = table(Attachment)


def lately(tx: Transaction) -> dict[str, int]:
    """How many files wait to be fetched, and how many of the newest ones were kept, refused by us and not to be had."""
    waits = select(_ATTACHMENT.c.id).where(_ATTACHMENT.c.state == "").limit(MOST).subquery()
    newest = select(_ATTACHMENT.c.state).order_by(_ATTACHMENT.c.id.desc()).limit(SAMPLE).subquery()
    done = tx.connection.execute(select(newest.c.state, func.count()).group_by(newest.c.state)).all()
    found = {state: count for state, count in done if state in ("kept", "refused", "failed")}
    waiting = tx.connection.execute(select(func.count()).select_from(waits)).scalar_one()
    return {"kept": 0, "refused": 0, "failed": 0} | found | {"waiting": int(waiting)}
