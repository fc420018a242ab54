"""What is done with trained versions: one is asked for, stopped, put to work, taken back. Each verb writes its event."""

from bot import errors
from bot.desk import changing
from bot.model.event import SYSTEM, Actor
from bot.model.trained import State
from bot.store import events, intents, trained
from bot.store.transaction import Transaction

LEAST = 2  # intents with examples: with one there is nothing to tell apart
MOST_ATTEMPTS = 2


def ask(tx: Transaction, *, by: Actor) -> int:
    """Train from the book as it stands when a process takes it up; its number. Raises Conflict while another is under way."""
    intents.hold_book(tx)
    if trained.under_way(tx):
        raise errors.Conflict("A training is under way already.")
    if sum(bool(one.examples) for one in intents.book(tx).intents) < LEAST:
        raise errors.Invalid("Two intents with examples are needed to train.")
    id_ = trained.ask(tx, changing.agent_of(by))
    events.record(tx, "bot.training_asked", by=by, body={"version": id_})
    return id_


def stop(tx: Transaction, id_: int, *, by: Actor) -> None:
    """Break a training off. One that is over stays as it is."""
    row = trained.find(tx, id_)
    if row.state == State.ASKED:
        trained.end(tx, id_, State.CANCELLED, "")
    elif row.is_under_way:
        trained.ask_to_stop(tx, id_)
    else:
        return
    events.record(tx, "bot.training_stopped", by=by, body={"version": id_})


def put_to_work(tx: Transaction, id_: int, *, by: Actor) -> None:
    """From now on this version decides. Raises Conflict when it is none that could."""
    intents.hold_book(tx)
    if not trained.find(tx, id_).is_ready:
        raise errors.Conflict("Only a version that is ready can be put to work.")
    _change(tx, id_, by)


def take_back(tx: Transaction, *, by: Actor) -> None:
    """The version before this one decides again; where there is none, only examples are known."""
    intents.hold_book(tx)
    _change(tx, intents.book(tx).previous_id, by)


def broke_off(tx: Transaction, id_: int) -> None:
    """Its process has died in the middle: it is begun again, but not for ever."""
    if trained.find(tx, id_).attempts < MOST_ATTEMPTS:
        trained.give_back(tx, id_)
    else:
        fail(tx, id_, "It broke off each time it was tried.")


def fail(tx: Transaction, id_: int, reason: str) -> None:
    """It came to nothing, and why."""
    if trained.end(tx, id_, State.FAILED, reason):
        events.record(tx, "bot.training_failed", by=SYSTEM, body={"version": id_, "reason": reason})


def _change(tx: Transaction, id_: int | None, by: Actor) -> None:
    before = intents.book(tx).trained_id
    if before == id_:
        return
    intents.set_book(tx, trained_id=id_, previous_id=before)
    intents.turn_page(tx)
    events.record(tx, "bot.version_chosen", by=by, body={"before": {"version": before}, "after": {"version": id_}})
