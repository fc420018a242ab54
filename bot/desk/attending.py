"""How each channel is heard: connected or not, since when nobody heard it, and what was filled in when somebody did again.

While a channel is heard a beat is kept. The next ear finds from it since when nobody heard; what was said meanwhile and came in
afterwards is counted a little later, when it has had time to come, and is told beside how far back the network reaches.
"""

from datetime import datetime, timedelta

from bot.model.event import SYSTEM
from bot.store import channels, events, pulses
from bot.store.pulses import PulseRow
from bot.store.transaction import Transaction
from bot.wire import ChannelHealth

SHORT = timedelta(minutes=1)  # beats are half as far apart: shorter silences are none
SETTLED = timedelta(minutes=1)


def note(tx: Transaction, channel_id: int, health: ChannelHealth) -> bool:
    """Note how a channel does. True when that is news; another state than before is an event."""
    before = channels.find(tx, channel_id).health
    is_news = channels.note_health(tx, channel_id, health)
    if before != health.state.value:
        body = {"from": before, "to": health.state.value}
        events.record(tx, "channel.health_changed", by=SYSTEM, channel_id=channel_id, body=body)
    return is_news


def hear(tx: Transaction, channel_id: int, *, since: datetime, keeps: timedelta | None) -> None:
    """It is heard, and has been `since` then without a break. `keeps` is how long its network keeps what nobody hears."""
    before = pulses.find(tx, channel_id)
    if before and before.listened_at and since - before.listened_at > SHORT:
        _open_gap(tx, before, since, keeps)
    elif before and before.gap_until and before.gap_messages is None and tx.now - before.gap_until > SETTLED:
        _close_gap(tx, before)
    pulses.beat(tx, channel_id)


def _open_gap(tx: Transaction, pulse: PulseRow, until: datetime, keeps: timedelta | None) -> None:
    """A gap that was not counted yet becomes part of this one."""
    is_open = pulse.gap_from is not None and pulse.gap_messages is None
    start = pulse.gap_from if is_open and pulse.gap_from else pulse.listened_at
    assert start is not None
    after = pulse.gap_after_id if is_open else pulse.listened_id
    is_reached = keeps is None or until - start <= keeps
    pulses.open_gap(tx, pulse.channel_id, start, until, after, is_reached=is_reached)


def _close_gap(tx: Transaction, pulse: PulseRow) -> None:
    assert pulse.gap_from is not None and pulse.gap_until is not None
    messages = pulses.filled(tx, pulse)
    pulses.close_gap(tx, pulse.channel_id, messages)
    body = {
        "from": pulse.gap_from.isoformat(),
        "until": pulse.gap_until.isoformat(),
        "messages": messages,
        "is_reached": pulse.is_reached,
    }
    events.record(tx, "channel.caught_up", by=SYSTEM, channel_id=pulse.channel_id, body=body)
