"""How fast each channel may send. Pure: the time is given, nothing waits here.

A bucket per channel and one per conversation, both of the manifest's rates; `hold` is the network's own word (Retry-After).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a second, over the whole channel and within one conversation. 0 means no limit."""

    channel: float
    conversation: float


@dataclass(slots=True)
class Limits:
    """What has been sent lately, as the time at which each may send next (a bucket of one second's worth)."""

    _next: dict[tuple[int, int], datetime] = field(default_factory=dict[tuple[int, int], datetime])
    _held: dict[int, datetime] = field(default_factory=dict[int, datetime])

    def hold(self, channel_id: int, until: datetime) -> None:
        """The network said not before `until`; no call is made sooner."""
        self._held[channel_id] = max(until, self._held.get(channel_id, until))

    def held_until(self, channel_id: int, now: datetime) -> datetime | None:
        """The end of the network's own pause for this channel, while it lasts."""
        until = self._held.get(channel_id)
        return until if until is not None and until > now else None

    def held(self, now: datetime) -> list[int]:
        """Channels that may not send now."""
        self._held = {channel: until for channel, until in self._held.items() if until > now}
        return sorted(self._held)

    def take(self, channel_id: int, conversation_id: int, rates: Rates, now: datetime) -> datetime:
        """Take a place in both queues; when the message may leave."""
        at = max(
            self._slot((channel_id, 0), rates.channel, now),
            self._slot((channel_id, conversation_id), rates.conversation, now),
        )
        self._forget(now)
        return at

    def _slot(self, key: tuple[int, int], rate: float, now: datetime) -> datetime:
        if rate <= 0:
            return now
        step = timedelta(seconds=1 / rate)
        # The bucket holds one second's worth: after a rest that many may leave at once, never more.
        burst = step * max(0, int(rate) - 1)
        at = max(self._next.get(key, now - burst), now - burst)
        self._next[key] = at + step
        return max(at, now)

    def _forget(self, now: datetime) -> None:
        if len(self._next) > 10_000:
            self._next = {key: at for key, at in self._next.items() if at > now - timedelta(seconds=1)}
