"""Messages one by one in, a spike or nothing out: many different people, all at once, complain of the same thing.

Nothing is counted in fixed windows. When a message comes it is asked, for what it says and for complaints as a whole, how soon
the last 3, 4, 5 … people who said so came together, and how surprising that is against what is usual for the hour and for the
words. The surprises of the complaints and of the three most surprising terms are added up, so that neither a busy evening
nor a word in fashion is enough. How many messages a day there are is taken off: with many, chance brings about more.
"""

import math
from dataclasses import dataclass

import msgspec

from bot.watch import odds, spikes, words
from bot.watch.odds import Moment
from bot.watch.people import Voice, Voices
from bot.watch.spikes import Finding, Spike
from bot.watch.thresholds import Thresholds
from bot.watch.usual import DAY, HOUR, Pace, Usual
from bot.watch.words import Said

_EVERYWHERE = 0.15  # a term in more of the messages than this names the brand, not a topic
_UNSEEN = 0.7  # how often a term that was never seen counts as seen
_OF_TOTAL = 20.0
_MANY_TERMS = 2.0  # powers of ten taken off a term's surprise, because a message has many terms
_WEIGHTS = (1.0, 0.5, 0.25)
_AT_LEAST_TERMS = 3
_AHEAD = DAY
_BELIEVED = 3
_MOST_TERMS, _MOST_PRINTS = 60_000, 20_000


class Seen(msgspec.Struct, frozen=True):
    """A message: when it was written by the network's time (seconds of the epoch), by whom, and its words."""

    id: str
    at: float
    person: str
    text: str


class Memory(msgspec.Struct):
    """What the detector has learnt. It can be kept and taken up again."""

    weighed_from: float = 0.0
    latest: float = 0.0
    messages: int = 0
    all: Usual = msgspec.field(default_factory=Usual)
    problems: Usual = msgspec.field(default_factory=Usual)
    calm: Pace = msgspec.field(default_factory=Pace)
    complaints: Voices = msgspec.field(default_factory=Voices)
    voices: dict[str, Voices] = msgspec.field(default_factory=dict[str, Voices])
    weights: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    total: float = 0.0
    prints: dict[str, tuple[float, str]] = msgspec.field(default_factory=dict[str, tuple[float, str]])
    ahead: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    quiet_until: float = 0.0


@dataclass(slots=True)
class Detector:
    """One per brand and region. Same messages and thresholds, same spikes."""

    thresholds: Thresholds
    memory: Memory

    def see(self, seen: Seen) -> Spike | None:
        """One message more. Copies of others' words, and moments that nobody else confirms, are passed over."""
        memory = self.memory
        if self._is_from_the_future(seen) or not math.isfinite(seen.at):
            return None
        said = words.read(seen.text)
        if self._is_copy(seen, said):
            return None
        memory.weighed_from = memory.weighed_from or seen.at
        is_late = seen.at < memory.latest - self._within
        memory.latest = max(memory.latest, seen.at)
        spike = None if is_late else self._judge(seen, said)
        if not is_late:
            self._count(seen, said)
        self._learn(seen, said)
        return spike

    @property
    def _within(self) -> float:
        return self.thresholds.within_minutes * 60

    def _is_from_the_future(self, seen: Seen) -> bool:
        """A clock that jumps: a day ahead of all others is believed when three people are."""
        memory = self.memory
        if not memory.latest or seen.at <= memory.latest + _AHEAD:
            memory.ahead.clear()
            return False
        memory.ahead[seen.person] = seen.at
        return len(memory.ahead) < _BELIEVED

    def _is_copy(self, seen: Seen, said: Said) -> bool:
        """The same words within a day: passed on, a campaign, or one person who repeats them."""
        prints = self.memory.prints
        if not said.print:
            return False
        known = prints.pop(said.print, None)
        prints[said.print] = (seen.at, seen.person)
        if len(prints) > _MOST_PRINTS:
            for old in list(prints)[: _MOST_PRINTS // 2]:
                del prints[old]
        return known is not None and abs(seen.at - known[0]) < DAY

    def _judge(self, seen: Seen, said: Said) -> Spike | None:
        memory = self.memory
        moment = odds.at(memory.latest, memory.all, memory.problems, memory.calm)
        terms = self._surprising_terms(seen, said, moment)
        if said.is_problem:
            memory.complaints.add(_voice(seen, said), self._within)
        if not self._is_warm():
            return None
        whole = self._whole(seen, said, terms, moment)
        if whole is None:
            return None
        spike = spikes.of(seen.at, whole, terms)
        if spike.people < self.thresholds.people:
            return None
        is_new = seen.at >= memory.quiet_until
        memory.quiet_until = seen.at + self.thresholds.quiet_hours * HOUR
        return spike if is_new else None

    def _whole(self, seen: Seen, said: Said, terms: list[Finding], moment: Moment) -> Finding | None:
        """Complaints and terms together, when they are surprising enough."""
        wanted = self.thresholds
        score = sum(weight * max(one.score, 0.0) for weight, one in zip(_WEIGHTS, terms, strict=False)) - moment.chance
        found = moment.complaints.scan("", self.memory.complaints, seen.at) if said.is_problem else None
        if found:
            score += found.score
            return msgspec.structs.replace(found, score=score) if score >= wanted.score else None
        is_enough = bool(terms) and len(self.memory.voices[terms[0].term].voices) >= wanted.unknown_people
        return msgspec.structs.replace(terms[0], score=score) if is_enough and score >= wanted.unknown_score else None

    def _surprising_terms(self, seen: Seen, said: Said, moment: Moment) -> list[Finding]:
        """The most surprising terms of this message, best first, none of which is part of another."""
        memory, voice, growth = self.memory, _voice(seen, said), self._growth(seen.at)
        total = max(memory.total / growth, _OF_TOTAL)
        found: list[Finding] = []
        for term in said.terms:
            voices = memory.voices.setdefault(term, Voices())
            voices.add(voice, self._within)
            weight = memory.weights.get(term, 0.0) / growth
            if len(voices.voices) < _AT_LEAST_TERMS or weight >= _EVERYWHERE * total:
                continue
            share = (weight + _UNSEEN) / (total + _OF_TOTAL)
            finding = moment.anything.of(share).scan(term, voices, seen.at)
            if finding:
                found.append(msgspec.structs.replace(finding, score=finding.score - _MANY_TERMS))
        return _apart(sorted(found, key=lambda one: (-one.score, one.term)))

    def _is_warm(self) -> bool:
        memory, wanted = self.memory, self.thresholds
        is_long = memory.all.learnt * HOUR >= wanted.warm_up_days * DAY
        return is_long and memory.messages >= wanted.warm_up_messages

    def _growth(self, at: float) -> float:
        """What one message counts now: later ones count for more, so that older ones count for less without being touched."""
        return math.exp2((at - self.memory.weighed_from) / (self.thresholds.remembers_days * DAY))

    def _count(self, seen: Seen, said: Said) -> None:
        """What comes late tells nothing of how much an hour brings: it was not heard in that hour."""
        memory = self.memory
        memory.messages += 1
        memory.all.add(seen.at)
        if said.is_problem:
            memory.problems.add(seen.at)
        else:
            memory.calm.add(seen.at)

    def _learn(self, seen: Seen, said: Said) -> None:
        memory, weight = self.memory, self._growth(seen.at)
        memory.total += weight
        for term in said.terms:
            memory.weights[term] = memory.weights.get(term, 0.0) + weight
        if len(memory.weights) > _MOST_TERMS or weight > 1e100:
            self._tidy(seen.at, weight)

    def _tidy(self, at: float, weight: float) -> None:
        """Forget the rarest half of the terms, and count from now on."""
        memory = self.memory
        kept = sorted(memory.weights, key=lambda term: (-memory.weights[term], term))[: _MOST_TERMS // 2]
        memory.weights = {term: memory.weights[term] / weight for term in kept}
        memory.voices = {term: memory.voices[term] for term in kept if term in memory.voices}
        memory.total /= weight
        memory.weighed_from = at


def _voice(seen: Seen, said: Said) -> Voice:
    return Voice(seen.at, seen.person, seen.id, said.is_problem)


def _apart(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in findings:
        if all(not set(one.term.split()) & set(other.term.split()) for other in kept):
            kept.append(one)
        if len(kept) == len(_WEIGHTS):
            break
    return kept
