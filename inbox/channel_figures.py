"""What the metrics tell of the channels and of files: who is heard and how late, who takes our words, what could be fetched.

Labels are names of channels and words of ours: as many series as there are channels, and nothing that a network said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from bot.store import channels, files, lanes, pulses
from bot.store.channels import ChannelRow
from bot.store.lanes import LaneRow, Passage
from bot.store.pulses import Lag
from bot.store.transaction import Transaction
from bot.wire import Health


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database knows of channels and files at one moment; lags and lanes by the number of their channel."""

    now: datetime
    channels: tuple[ChannelRow, ...]
    lags: Mapping[int, Lag]
    lanes: Mapping[int, LaneRow]
    files: Mapping[str, int]


def look(tx: Transaction) -> Seen:
    """The figures, in one look whose cost does not grow with the desk."""
    return Seen(tx.now, channels.all(tx), pulses.lags(tx), lanes.all(tx), files.lately(tx))


def told(seen: Seen) -> Iterator[Metric]:
    """All of it, as Prometheus wants it."""
    yield _states(seen)
    yield _silence(seen)
    yield from _lags(seen)
    yield from _lanes(seen)
    found = GaugeMetricFamily(
        "comptoir_files", f"Files of messages: those that wait, and what became of the newest {files.SAMPLE}.", labels=["state"]
    )  # fmt: skip
    for state, count in sorted(seen.files.items()):
        found.add_metric([state], count)
    yield found


def _states(seen: Seen) -> Metric:
    states = _by_channel("comptoir_channel_state", "1 for the state that a channel is in.", "state")
    for channel in seen.channels:
        now = Health.PAUSED.value if channel.is_paused else channel.health
        for state in Health:
            states.add_metric([channel.name, state.value], float(state.value == now))
    return states


def _silence(seen: Seen) -> Metric:
    silence = _by_channel("comptoir_channel_silence_seconds", "Since a channel last heard anything.")
    for channel in seen.channels:
        if channel.heard_at is not None:
            silence.add_metric([channel.name], (seen.now - channel.heard_at).total_seconds())
    return silence


def _lags(seen: Seen) -> Iterator[Metric]:
    """A channel that heard nothing lately has no lag, rather than a good one."""
    minutes = f"{pulses.LATELY.total_seconds() / 60:.0f} minutes"
    last = _by_channel(
        "comptoir_channel_lag_seconds", f"From the network's time to ours, of the newest message of the last {minutes}."
    )
    worst = _by_channel(
        "comptoir_channel_lag_p99_seconds", f"The same, which 99 in 100 messages of the last {minutes} kept within."
    )
    for channel in seen.channels:
        if lag := seen.lags.get(channel.id):
            last.add_metric([channel.name], lag.last.total_seconds())
            worst.add_metric([channel.name], lag.p99.total_seconds())
    yield last
    yield worst


def _lanes(seen: Seen) -> Iterator[Metric]:
    passages = _by_channel(
        "comptoir_channel_lane", "1 for how a channel's way out is: open, shut, or half open for one trial.", "state"
    )
    rests = _by_channel("comptoir_channel_rest_seconds", "Until a channel's network may be called again; 0 when now.")
    for channel in seen.channels:
        lane = seen.lanes.get(channel.id)
        now = lane.passage(seen.now) if lane else Passage.OPEN
        for passage in Passage:
            passages.add_metric([channel.name, passage.value], float(passage is now))
        left = (lane.rests_until - seen.now).total_seconds() if lane else 0.0
        rests.add_metric([channel.name], max(left, 0.0))
    yield passages
    yield rests


def _by_channel(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, labels=["channel", *labels])
