"""One tree, sorted by what to do about it. A class's docstring is its default sentence.

ComptoirError
├── Invalid          the sender must change what was given
├── NotFound         there is no such thing, or not for you
├── NotAllowed       who you are does not permit it
├── Conflict         someone was there first: look again, then decide
├── TryLater         nothing is wrong with it: the same again after `after`
├── Reauthorize      the account's credentials no longer work: a person must renew them
├── Refused          the network will not take this, and repeating will not help
└── Uncertain        it may have been done: look before doing it again
"""

from datetime import timedelta


class ComptoirError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self.args[0])


class Invalid(ComptoirError):
    """What was given cannot be used. `field` names the part to change, where there is one."""

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(ComptoirError):
    """There is no such thing here."""


class NotAllowed(ComptoirError):
    """You may not do this."""


class Conflict(ComptoirError):
    """Someone else changed this meanwhile. Look again before you go on."""


class TryLater(ComptoirError):
    """It cannot be done now. The same will work later."""

    def __init__(self, message: str | None = None, *, after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message)
        self.after = after


class Reauthorize(ComptoirError):
    """The network no longer accepts this account's credentials. Renew them in the channel's settings."""


class Refused(ComptoirError):
    """The network refused this, and repeating it will not help."""


class Uncertain(ComptoirError):
    """The network may have taken this, but its answer was lost."""
