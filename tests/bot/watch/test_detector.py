"""The detector: an outage is noticed early, and whatever only looks like one is not."""

import heapq
import math
from collections.abc import Iterable

import msgspec
import pytest

from bot.watch.detector import Detector, Memory, Seen
from bot.watch.spikes import Spike
from bot.watch.thresholds import Thresholds
from bot.watch.usual import DAY, HOUR
from tests.bot.watch import stream
from tests.bot.watch.stream import MONDAY

A_DAY = 400.0
USUAL = Thresholds()
TEN_DAYS = list(stream.usual(1, start=MONDAY, seconds=10 * DAY, a_day=A_DAY))
AFTER = MONDAY + 10 * DAY
NOON = AFTER + 12 * HOUR
THE_DAY_AFTER = list(stream.usual(2, start=AFTER, seconds=DAY, a_day=A_DAY))


def watched(*streams: Iterable[Seen], thresholds: Thresholds = USUAL) -> list[Spike]:
    """What is found in these streams together, in the order of their times, after ten ordinary days."""
    detector = Detector(thresholds, _learnt())
    seen = heapq.merge(*streams, key=lambda one: one.at)
    return [spike for one in seen if (spike := detector.see(one))]


def _learnt() -> Memory:
    detector = Detector(Thresholds(), Memory())
    for one in TEN_DAYS:
        detector.see(one)
    return detector.memory


def test_ten_ordinary_days_hold_no_incident() -> None:
    """Not one of some four thousand everyday messages raises a suspicion."""
    detector = Detector(Thresholds(), Memory())

    assert [detector.see(one) for one in TEN_DAYS if detector.see(one)] == []


@pytest.mark.parametrize("kind", sorted(stream.OUTAGES))
def test_an_outage_is_noticed_early(kind: str) -> None:
    """Forty complaints an hour: within twelve minutes and eight complaints, once."""
    outage = list(stream.outage(3, start=NOON, seconds=HOUR, an_hour=40, kind=kind))

    found = watched(THE_DAY_AFTER, outage)

    assert len(found) == 1
    assert found[0].suspected_at - outage[0].at <= 12 * 60
    assert sum(one.at <= found[0].suspected_at for one in outage) <= 8
    assert found[0].people >= Thresholds().people
    assert set(found[0].messages) & {one.id for one in outage}


def test_what_is_found_explains_itself() -> None:
    """Words, people against the usual, first and last time, severity."""
    outage = list(stream.outage(3, start=NOON, seconds=HOUR, an_hour=40))

    (found,) = watched(THE_DAY_AFTER, outage)

    assert {"sign in"} <= set(found.words)
    assert 0 < found.expected < found.people
    assert found.first_message_at <= found.suspected_at
    assert found.severity in {"sev1", "sev2", "sev3"}
    assert found.doubts == ()


def test_a_busy_day_is_no_incident() -> None:
    """Three times as many people as usual, who ask what is always asked."""
    assert watched(*(stream.usual(seed, start=NOON, seconds=2 * HOUR, a_day=A_DAY) for seed in (4, 5, 6))) == []


def test_one_person_who_writes_two_hundred_times_is_one_person() -> None:
    """However they vary their words."""
    rants = [
        Seen(f"r{n}", NOON + 10 * n, "one person", f"the app is down {n} and I can't log in {n * n}")
        for n in range(200)
    ]

    assert watched(THE_DAY_AFTER, rants) == []


def test_a_message_passed_on_by_many_is_one_message() -> None:
    """A joke about outages that 150 people repeat, each to somebody else."""
    joke = "my bank's app is down so often that it should pay me rent"
    passed = [Seen(f"j{n}", NOON + 5 * n, f"joker {n}", f"RT @wit{n} {joke} https://t.example/{n}") for n in range(150)]

    assert watched(THE_DAY_AFTER, passed) == []


def test_a_contest_is_no_incident_or_says_why_it_is_doubtful() -> None:
    """A burst of one hashtag without complaints."""
    said = (
        "I take part, blue is mine",
        "count me in for the concert",
        "je participe pour deux places",
        "fingers crossed!",
    )
    entries = [
        Seen(f"c{n}", NOON + 20 * n, f"fan {n}", f"{said[n % 4]} #concours {n} fois {n * 7}") for n in range(150)
    ]

    found = watched(THE_DAY_AFTER, entries)

    assert all(spike.doubts == ("no_known_problem",) for spike in found)


def test_a_swarm_of_new_accounts_with_one_text_counts_once() -> None:
    """Five hundred strangers with one alarming sentence."""
    swarm = [
        Seen(f"s{n}", NOON + n, f"bot {n}", "Your bank is down, move your money to safety now!") for n in range(500)
    ]

    assert watched(THE_DAY_AFTER, swarm) == []


def test_a_clock_that_jumps_ahead_does_not_move_time() -> None:
    """One message from next year changes nothing, and the outage after it is found."""
    outage = list(stream.outage(3, start=NOON, seconds=HOUR, an_hour=40))
    mad = [Seen("m1", NOON - 60 + 400 * DAY, "madman", "hello from the future")]

    found = watched(THE_DAY_AFTER, [replace_at(mad[0], NOON - 60)], outage)
    jumped = Detector(Thresholds(), _learnt())
    for one in [one for one in THE_DAY_AFTER if one.at < NOON] + mad:
        jumped.see(one)

    assert len(found) == 1
    assert jumped.memory.latest < NOON
    assert [spike for one in outage if (spike := jumped.see(one))]


def test_what_has_no_time_is_passed_over() -> None:
    """Not a number is no time; it does not become the latest."""
    detector = Detector(Thresholds(), _learnt())

    assert detector.see(Seen("n", math.nan, "nobody", "the app is down")) is None
    assert math.isfinite(detector.memory.latest)


def test_late_complaints_of_yesterday_are_no_incident_today() -> None:
    """What a network brings a day late is learnt, not judged."""
    yesterday = list(stream.outage(7, start=NOON - DAY, seconds=HOUR, an_hour=60))
    detector = Detector(Thresholds(), _learnt())
    for one in THE_DAY_AFTER:
        if one.at < NOON:
            detector.see(one)

    assert [spike for one in yesterday if (spike := detector.see(one))] == []


def test_an_archive_that_comes_after_the_present_does_not_change_what_an_hour_brings() -> None:
    """A month of the past brought in one minute: the hour that is running stays as quiet as it is."""
    detector = Detector(Thresholds(), _learnt())
    before = detector.memory.all.count
    for one in stream.usual(12, start=MONDAY - 30 * DAY, seconds=30 * DAY, a_day=50):
        detector.see(one)

    assert detector.memory.all.count == before


def test_some_disorder_changes_little() -> None:
    """Messages up to a minute and a half out of place: the outage is found all the same."""
    outage = list(stream.outage(3, start=NOON, seconds=HOUR, an_hour=40))
    mixed = sorted([*THE_DAY_AFTER, *outage], key=lambda one: one.at + hash_of(one.id) % 90)
    detector = Detector(Thresholds(), _learnt())

    found = [spike for one in mixed if (spike := detector.see(one))]

    assert len(found) == 1
    assert found[0].suspected_at - outage[0].at <= 15 * 60


def test_a_stream_that_stops_and_comes_back_is_no_incident() -> None:
    """Twelve hours of silence teach nothing, and what comes after them is as usual."""
    after = list(stream.usual(8, start=AFTER + 2 * DAY, seconds=DAY, a_day=A_DAY))

    assert watched(after) == []


def test_an_outage_is_one_spike_while_it_lasts() -> None:
    """Four hours of complaints are one finding."""
    outage = stream.outage(3, start=NOON, seconds=4 * HOUR, an_hour=60)

    assert len(watched(THE_DAY_AFTER, outage)) == 1


def test_nothing_is_usual_before_the_warm_up() -> None:
    """The first hour of a new desk raises no suspicion."""
    detector = Detector(Thresholds(), Memory())
    outage = stream.outage(3, start=MONDAY, seconds=HOUR, an_hour=60)

    assert [spike for one in outage if (spike := detector.see(one))] == []


def test_what_was_learnt_can_be_kept_and_taken_up_again() -> None:
    """Kept as JSON in the middle of an outage, it goes on as if nothing had happened."""
    outage = list(stream.outage(3, start=NOON, seconds=HOUR, an_hour=40))
    day = sorted([*THE_DAY_AFTER, *outage], key=lambda one: one.at)
    whole, first = Detector(Thresholds(), _learnt()), Detector(Thresholds(), _learnt())
    half = len(day) // 2

    expected = [whole.see(one) for one in day]
    begun = [first.see(one) for one in day[:half]]
    again = Detector(Thresholds(), msgspec.json.decode(msgspec.json.encode(first.memory), type=Memory))

    assert begun + [again.see(one) for one in day[half:]] == expected


def test_many_messages_a_second_are_held_to_the_same_chance() -> None:
    """Five a second for two hours and nothing; then one in fifteen complains: noticed within a minute and twelve people."""
    detector = Detector(Thresholds(warm_up_days=1.5 / 24), Memory())
    before = stream.usual(9, start=NOON, seconds=2 * HOUR, a_day=3 * DAY)
    outage = list(stream.outage(10, start=NOON + 2 * HOUR, seconds=120, an_hour=0.3 * HOUR))

    quiet = [spike for one in before if (spike := detector.see(one))]
    found = [spike for one in outage if (spike := detector.see(one))]

    assert quiet == []
    assert found[0].suspected_at - outage[0].at <= 60
    assert found[0].people <= 12


def replace_at(seen: Seen, at: float) -> Seen:
    """The same message at another time."""
    return msgspec.structs.replace(seen, at=at)


def hash_of(word: str) -> int:
    """A number that is the same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(word))
