"""Trained versions, and the one that is being trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from bot import errors
from bot.model.columns import table
from bot.model.trained import UNDER_WAY, State, Trained, TrainedBody
from bot.store import numbers
from bot.store.transaction import Transaction

_TRAINED, _BODY = table(Trained), table(TrainedBody)


@dataclass(frozen=True, slots=True)
class TrainedRow:
    """A version, or a training that is under way or came to nothing."""

    id: int
    state: str
    stage: str
    done: int
    is_to_stop: bool
    attempts: int
    engine: str
    edition: int
    intents: int
    examples: int
    started_by: int | None
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None
    reason: str
    size: int
    figures: Mapping[str, Any]

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a version's kind said of an example that it had not been shown."""

    example_id: int
    said: str
    probability: float


_SHAPE = tuple(_TRAINED.c[name] for name in TrainedRow.__dataclass_fields__)


def latest(tx: Transaction, limit: int = 20) -> tuple[TrainedRow, ...]:
    """The newest first, whatever became of them."""
    return _rows(tx, select(*_SHAPE).order_by(_TRAINED.c.id.desc()).limit(limit))


def find(tx: Transaction, id_: int) -> TrainedRow:
    """Raises NotFound."""
    for row in _rows(tx, select(*_SHAPE).where(_TRAINED.c.id == id_)):
        return row
    raise errors.NotFound("There is no such version.")


def under_way(tx: Transaction) -> TrainedRow | None:
    """The training that waits or is at work; there is one at the most."""
    found = _rows(tx, select(*_SHAPE).where(_TRAINED.c.state.in_(UNDER_WAY)).order_by(_TRAINED.c.id).limit(1))
    return found[0] if found else None


def ask(tx: Transaction, agent_id: int | None) -> int:
    """A training that any process may take up; its number."""
    new = Trained(
        id=numbers.one(tx, "trained"), started_by=agent_id, started_at=tx.now, beat_at=tx.now, finished_at=None
    )
    tx.connection.execute(insert(_TRAINED).values(new.model_dump()))
    return new.id


def claim(tx: Transaction, id_: int, edition: int) -> bool:
    """Whether it is ours to do: False when another process was quicker."""
    return _set_from(
        tx, id_, State.ASKED, state=State.TRAINING, beat_at=tx.now, edition=edition, attempts=_TRAINED.c.attempts + 1
    )


def beat(tx: Transaction, id_: int, done: int, stage: str) -> bool:
    """A sign of life. Whether to go on: not when somebody has asked to stop, or took it for dead."""
    if not _set_from(tx, id_, State.TRAINING, done=done, stage=stage[:40], beat_at=tx.now):
        return False
    return not find(tx, id_).is_to_stop


def give_back(tx: Transaction, id_: int) -> None:
    """Its process has gone; any other may begin it again."""
    _set_from(tx, id_, State.TRAINING, state=State.ASKED, done=0, stage="")


def finish(tx: Transaction, id_: int, body: bytes, unseen: Sequence[Unseen], **values: Any) -> bool:
    """Keep what was made. False when it was stopped in the meantime: then nothing is kept."""
    done = {"state": State.READY, "done": 100, "stage": "", "finished_at": tx.now, "size": len(body)}
    if not _set_from(tx, id_, State.TRAINING, **done, **values):
        return False
    rows = [[one.example_id, one.said, one.probability] for one in unseen]
    tx.connection.execute(insert(_BODY).values(trained_id=id_, body=body, unseen=rows))
    return True


def end(tx: Transaction, id_: int, state: State, reason: str) -> bool:
    """It came to nothing. False when it was over already."""
    row = find(tx, id_)
    return row.is_under_way and _set_from(
        tx, id_, row.state, state=state, reason=reason, finished_at=tx.now, stage="", is_to_stop=False
    )


def ask_to_stop(tx: Transaction, id_: int) -> None:
    tx.connection.execute(update(_TRAINED).where(_TRAINED.c.id == id_).values(is_to_stop=True))


def body(tx: Transaction, id_: int) -> bytes:
    """What `keeping.unpack` makes a model of. Raises NotFound."""
    found: bytes | None = tx.connection.execute(select(_BODY.c.body).where(_BODY.c.trained_id == id_)).scalar()
    if found is None:
        raise errors.NotFound("There is no such version.")
    return bytes(found)


def unseen(tx: Transaction, id_: int) -> tuple[Unseen, ...]:
    """What was said of each example, as they came."""
    found = tx.connection.execute(select(_BODY.c.unseen).where(_BODY.c.trained_id == id_)).scalar()
    return tuple(Unseen(*one) for one in found or ())


def _rows(tx: Transaction, question: Select[Any]) -> tuple[TrainedRow, ...]:
    return tuple(TrainedRow(*row) for row in tx.connection.execute(question))


def _set_from(tx: Transaction, id_: int, was: str, **values: Any) -> bool:
    """Change it while it is in that state; whether it was."""
    mine = update(_TRAINED).where(_TRAINED.c.id == id_, _TRAINED.c.state == was)
    return tx.connection.execute(mine.values(**values).returning(_TRAINED.c.id)).first() is not None
