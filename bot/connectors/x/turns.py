"""When X is asked for something next."""

from datetime import timedelta

# Where something brings messages at once, asking only finds what it missed.
_SAFETY_NET = timedelta(minutes=5)


class Turn:
    """One thing's turn. `is_net`: something else brings it at once, and asking only finds what that missed."""

    def __init__(self, every: timedelta, *, is_net: bool) -> None:
        self._least = every.total_seconds()
        self._every = max(every, _SAFETY_NET).total_seconds() if is_net else self._least
        self._last: float | None = None
        self.at = 0.0

    def asked(self, now: float) -> None:
        self._last, self.at = now, now + self._every

    def hasten(self) -> None:
        """Something was missed: ask as soon as X lets us ask again."""
        if self._last is not None:
            self.at = self._last + self._least
