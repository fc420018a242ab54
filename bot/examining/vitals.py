"""How the channels do while the desk runs, as it has noted it: delays, what was missed, where sending rests."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.examining.findings import Finding, fine, warning
from bot.examining.memory import Seen
from bot.store.lanes import LaneRow
from bot.store.pulses import Lag, PulseRow

LATE = timedelta(seconds=30)
_ON_THE_NETWORK = "Look there for what was written in that time; the desk has all that the network still had."
_BY_ITSELF = "The desk tries again by itself; see whether this machine reaches the network."
_SLOW = "See whether the machine or the network is slow, and whether a channel has just caught up after an outage."


def examine(seen: Seen) -> Iterator[Finding]:
    for channel in seen.channels:
        vitals = seen.vitals.get(channel.id)
        if vitals is None or channel.is_paused:
            continue
        about = f"Channel {channel.name}"
        if vitals.lag and not channel.is_demo:  # what a demo's contacts said was written before it began
            yield _late(about, vitals.lag)
        if vitals.lane and vitals.lane.is_shut:
            yield _resting(about, vitals.lane)
        if vitals.pulse and vitals.pulse.gap_from and vitals.pulse.gap_until:
            yield _missed(about, vitals.pulse, vitals.pulse.gap_from, vitals.pulse.gap_until)


def _late(about: str, lag: Lag) -> Finding:
    told = f"Messages come {_span(lag.p50)} after the network has them, 99 in 100 within {_span(lag.p99)}."
    return fine(about, told) if lag.p99 <= LATE else warning(about, told, _SLOW)


def _resting(about: str, lane: LaneRow) -> Finding:
    return warning(about, f"Sending rests since {_time(lane.failing_since)}: {lane.reason}", _BY_ITSELF)


def _missed(about: str, pulse: PulseRow, start: datetime, until: datetime) -> Finding:
    when = f"It was not heard from {_time(start)} to {_time(until)}"
    if not pulse.is_reached:
        return warning(about, f"{when}, longer than its network keeps what nobody hears.", _ON_THE_NETWORK)
    if pulse.gap_messages is None:
        return fine(about, f"{when}; what came meanwhile is being filled in.")
    return fine(about, f"{when}; messages of that time that were filled in: {pulse.gap_messages:,}.")


def _span(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:,.0f} s"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
