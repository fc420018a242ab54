"""Vitals: how each channel does besides its state, in one look: its pulse, its delay, what is wrong with its lane."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.store import lanes, pulses
from bot.store.lanes import LaneRow
from bot.store.pulses import Lag, PulseRow
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Vitals:
    """None where there is nothing to tell."""

    pulse: PulseRow | None = None
    lag: Lag | None = None
    lane: LaneRow | None = None


def all(tx: Transaction) -> Mapping[int, Vitals]:  # noqa: A001  reads as vitals.all
    """By channel, for those of which anything is known."""
    beating, late, failing = pulses.all(tx), pulses.lags(tx), lanes.all(tx)
    known = sorted({*beating, *late, *failing})
    return {id_: Vitals(beating.get(id_), late.get(id_), failing.get(id_)) for id_ in known}
