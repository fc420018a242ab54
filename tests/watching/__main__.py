"""Prints what is reached beside what was wished for, with the machine's speed. Needs the data folder: its first argument."""

import sys
import time
from pathlib import Path

from bot.watch import replaying, series
from bot.watch.counts import ALARM
from bot.watch.thresholds import Thresholds
from tests.watching import mentions, planted


def main(folder: Path) -> int:
    if not (folder / "mention-counts").is_dir():
        print(f"{folder} holds no mention-counts: nothing to measure.")
        return 2
    _mentions(folder / "mention-counts")
    _stream(folder / "twcs-one-brand-october.csv")
    return 0


def _mentions(folder: Path) -> None:
    begun = time.process_time()
    rows = sum(1 for file in sorted(folder.glob("*.csv")) for _ in series.scored(series.read(file)))
    rate = rows / (time.process_time() - begun)
    verdicts = {one.name: mentions.judge(one, ALARM) for one in mentions.load(folder)}
    for name, verdict in verdicts.items():
        print(
            f"  {name}: {mentions.normalised([verdict]):.1f}, {verdict.hit} of {verdict.windows} windows, {verdict.false} false"
        )
    print(
        f"mention counts: {mentions.normalised(list(verdicts.values())):.1f} (goal 77, aim 84); {rate:,.0f} rows/s (goal 50,000)"
    )


def _stream(file: Path) -> None:
    real = planted.stream_of(file)
    begun = time.process_time()
    false = list(replaying.found(real, Thresholds()))
    rate = len(real) / (time.process_time() - begun)
    print(f"October as it was: {len(false)} suspected; {rate:,.0f} messages/s (goal 5,000)")
    outcome = planted.planted(real, 60, seed=1)
    print(
        f"{outcome.planted} planted outages of {planted.AN_HOUR:.0f} complaints an hour: {outcome.noticed} noticed in two hours,"
        f" medians {outcome.minutes:.1f} minutes and {outcome.complaints:.0f} complaints after the first (goal 12 and 6)"
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")))
