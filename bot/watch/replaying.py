"""An archive seen as if it were happening: in the order of its own times, at full speed."""

import heapq
from collections.abc import Iterable, Iterator

from bot import wire
from bot.watch.detector import Detector, Memory, Seen
from bot.watch.spikes import Spike
from bot.watch.thresholds import Thresholds

_DISORDER = 5_000  # messages; what is further out of place is seen late


def spikes(said: Iterable[wire.InboundMessage], thresholds: Thresholds) -> Iterator[Spike]:
    """What the detector would have found. The brand's own words, edits and deletions are not asked."""
    heard = (one for one in said if not one.is_own and one.act is wire.Act.SAID)
    return found(_in_order(_seen(one) for one in heard), thresholds)


def found(seen: Iterable[Seen], thresholds: Thresholds) -> Iterator[Spike]:
    """The spikes of a stream that nobody has seen before."""
    detector = Detector(thresholds, Memory())
    return (spike for one in seen if (spike := detector.see(one)))


def _seen(said: wire.InboundMessage) -> Seen:
    return Seen(said.external_id, said.sent_at.timestamp(), said.author.external_id, said.text)


def _in_order(seen: Iterable[Seen]) -> Iterator[Seen]:
    """By time, with room for some thousand messages of disorder and no more memory than that."""
    waiting: list[tuple[float, int, Seen]] = []
    for number, one in enumerate(seen):
        heapq.heappush(waiting, (one.at, number, one))
        if len(waiting) > _DISORDER:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
