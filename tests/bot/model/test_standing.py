"""A ticket's figures, whatever the order in which a network delivers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.model import standing
from bot.model.message import Direction
from bot.model.standing import Standing, Utterance
from bot.model.ticket import State

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Said = list[tuple[Direction, int]]

words = st.tuples(st.sampled_from(Direction), st.integers(0, 600))
conversations = st.lists(words, min_size=1, max_size=12, unique_by=lambda one: one[1])


def fresh(at: datetime) -> Standing:
    return Standing(1, 1, 1, 1, None, None, State.OPEN.value, "fr", "Léa", False, at, at, at)


def utterances(said: list[tuple[Direction, int]]) -> list[Utterance]:
    return [
        Utterance(number, way, MORNING + timedelta(minutes=minute), f"words {minute}")
        for number, (way, minute) in enumerate(said, 1)
    ]


def heard(said: list[Utterance]) -> Standing:
    """As ingest does it: hear one by one, count anew at the end when something came late."""
    one = fresh(said[0].sent_at)
    for utterance in said:
        standing.hear(one, utterance, is_archive=True)
    if one.is_disordered:
        standing.recount(one, said, is_archive=True)
    return one


@given(conversations.flatmap(lambda said: st.tuples(st.just(said), st.permutations(said))))
def test_an_archive_gives_the_same_figures_in_any_order(pair: tuple[Said, Said]) -> None:
    """Whatever the order of an archive's rows, the ticket ends with the same times, counts and state."""
    said, shuffled = pair
    minutes = {minute: number for number, (_, minute) in enumerate(sorted(said, key=lambda one: one[1]), 1)}

    def numbered(rows: list[tuple[Direction, int]]) -> list[Utterance]:
        return [
            Utterance(minutes[minute], way, MORNING + timedelta(minutes=minute), f"words {minute}")
            for way, minute in rows
        ]

    in_order = heard(numbered(sorted(said, key=lambda one: one[1])))
    in_disorder = heard(numbered(shuffled))
    for name in (
        "first_message_at", "last_message_at", "last_message_id", "preview", "last_direction", "message_count",
        "unanswered_count", "last_answer_at", "first_response_at", "waiting_since", "state",
    ):  # fmt: skip
        assert getattr(in_order, name) == getattr(in_disorder, name), name


@given(conversations)
def test_the_figures_are_those_of_a_plain_count(said: list[tuple[Direction, int]]) -> None:
    """First answer, last answer and what is unanswered are what a person would count in the thread."""
    ordered = sorted(utterances(said), key=lambda one: one.sent_at)
    one = heard(ordered)

    asked = [each.sent_at for each in ordered if each.direction is Direction.IN]
    answered = [each.sent_at for each in ordered if each.direction is Direction.OUT]
    assert one.message_count == len(said)
    assert one.last_answer_at == (answered[-1] if answered else None)
    assert one.unanswered_count == sum(not answered or at > answered[-1] for at in asked)
    if asked and asked[0] == ordered[0].sent_at:
        assert one.first_response_at == (answered[0] if answered else None)


def test_words_that_come_late_call_the_ticket_back() -> None:
    """What was written before our answer but arrived after it has been seen by nobody: the ticket is open again."""
    one = fresh(MORNING)
    standing.hear(one, Utterance(1, Direction.IN, MORNING, "Hello?"))
    standing.hear(one, Utterance(2, Direction.OUT, MORNING + timedelta(minutes=5), "Hello."))
    assert (one.state, one.unanswered_count) == (State.WAITING, 0)

    standing.hear(one, Utterance(3, Direction.IN, MORNING + timedelta(minutes=2), "It is urgent."))

    assert (one.state, one.unanswered_count) == (State.OPEN, 1)
    assert one.is_disordered
    assert one.preview == "Hello."


def test_a_new_message_ends_a_snooze() -> None:
    """A snoozed ticket is open again at once when its contact writes."""
    one = fresh(MORNING)
    one.state, one.snoozed_until = State.SNOOZED.value, MORNING + timedelta(days=1)

    standing.hear(one, Utterance(1, Direction.IN, MORNING, "Any news?"))

    assert (one.state, one.snoozed_until) == (State.OPEN, None)


def test_a_preview_is_one_short_line() -> None:
    """However long and broken the text, the list shows one line of at most 140 letters."""
    assert standing.preview("a\n\n b\t c") == "a b c"
    assert len(standing.preview("mot " * 500)) == standing.PREVIEW
