"""Outages of our own writing, planted into a real support stream at random hours: when, after how many complaints noticed?"""

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot import wire
from bot.archive import reading
from bot.watch.detector import Detector, Memory, Seen
from bot.watch.thresholds import Thresholds
from bot.watch.usual import DAY, HOUR
from tests.bot.watch import stream

AN_HOUR = 30.0


@dataclass(frozen=True, slots=True)
class Noticed:
    """Of `planted` outages: how many were noticed within two hours, and the medians of those and of the rest as two hours."""

    planted: int
    noticed: int
    minutes: float
    complaints: float


def stream_of(file: Path) -> list[Seen]:
    """What people wrote in an archive, in the order of time."""
    told = [line.message for line in reading.lines(file) if line.message is not None]
    heard = [one for one in told if not one.is_own and one.act is wire.Act.SAID]
    seen = [Seen(one.external_id, one.sent_at.timestamp(), one.author.external_id, one.text) for one in heard]
    return sorted(seen, key=lambda one: one.at)


def planted(real: Sequence[Seen], times: int, seed: int) -> Noticed:
    """Plant so many outages, one at a time, after the first nine days."""
    chance = random.Random(seed)
    starts = sorted(chance.uniform(real[0].at + 9 * DAY, real[-1].at - 3 * HOUR) for _ in range(times))
    detector = Detector(Thresholds(), Memory())
    minutes, complaints, place = [], [], 0
    for number, start in enumerate(starts):
        while real[place].at < start:
            detector.see(real[place])
            place += 1
        learnt = msgspec.json.encode(detector.memory)
        kind = chance.choice(sorted(stream.OUTAGES))
        outage = list(stream.outage(seed * 1000 + number, start=start, seconds=2 * HOUR, an_hour=AN_HOUR, kind=kind))
        after = sorted([*outage, *(one for one in real[place:] if one.at < start + 2 * HOUR)], key=lambda one: one.at)
        at = _noticed(learnt, after)
        minutes.append((at - outage[0].at) / 60)
        complaints.append(sum(one.at <= at for one in outage))
    return Noticed(times, sum(one < 120 for one in minutes), statistics.median(minutes), statistics.median(complaints))


def _noticed(learnt: bytes, seen: Sequence[Seen]) -> float:
    detector = Detector(Thresholds(), msgspec.json.decode(learnt, type=Memory))
    detector.memory.quiet_until = 0.0
    return next((one.at for one in seen if detector.see(one)), seen[0].at + 2 * HOUR)
