"""Whose fault it is when a statement fails, for those above `store`, who do not know the driver."""

from datetime import timedelta

import sqlalchemy.exc

from bot import errors

AFTER = timedelta(seconds=2)
# Locked by another program, full, not readable or not writable any more.
_OF_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")
# The first two signs of SQLSTATE: no connection, no resources (a full disk, say), stopped by its administrator.
_OF_POSTGRESQL = frozenset({"08", "53", "57"})

# The database cannot be reached, is locked or full: nothing is wrong with what was asked. For `except`.
OUTAGE = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError)


def unavailable(error: sqlalchemy.exc.DBAPIError) -> errors.TryLater:
    """The sentence for the operator when the database does not answer; never the statement or its values."""
    cause = str(_cause(error).orig).strip().splitlines()
    return errors.TryLater(f"The database cannot be used now: {cause[0] if cause else 'no answer'}", after=AFTER)


def is_outage(error: sqlalchemy.exc.DBAPIError) -> bool:
    """Whether the database itself cannot be used now, so that trying anything else on it only makes more people wait.

    A deadlock is none: whoever was in the way goes on, and the same again works at once.
    """
    error = _cause(error)
    if error.connection_invalidated:
        return True
    name: str | None = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return name.startswith(_OF_SQLITE)
    state: str | None = getattr(error.orig, "sqlstate", None)
    return isinstance(error, OUTAGE) and (state is None or state[:2] in _OF_POSTGRESQL)


def lost() -> sqlalchemy.exc.DBAPIError:
    """What to raise when the connection turns out to be gone and a verb has made something else of it."""
    gone = ConnectionError("the connection to the server was lost")
    return sqlalchemy.exc.OperationalError(None, None, gone, connection_invalidated=True)


def _cause(error: sqlalchemy.exc.DBAPIError) -> sqlalchemy.exc.DBAPIError:
    """What began it: SQLite ends the transaction when its disk is full, and then there is no savepoint to go back to."""
    before: BaseException | None = error
    while before is not None and str(getattr(before, "orig", before)).startswith("no such savepoint"):
        before = before.__context__
    return before if isinstance(before, sqlalchemy.exc.DBAPIError) else error


def refusal(error: Exception) -> str | None:
    """The kind of refusal when it was the database that refused; None for any other error. Never the statement or its values."""
    return type(error.orig).__name__ if isinstance(error, sqlalchemy.exc.DBAPIError) else None
