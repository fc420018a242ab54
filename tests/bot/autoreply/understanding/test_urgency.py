"""How soon somebody must look at a message, and the reasons for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.autoreply.understanding import urgency
from bot.autoreply.understanding.urgency import Reason
from bot.autoreply.understanding.values import Danger, Urgency

LEVELS = list(Urgency)


@pytest.mark.parametrize(
    ("text", "mood", "level", "reasons"),
    [
        ("Bonjour, quels sont vos horaires ?", "neutral", Urgency.NORMAL, ()),
        ("What are your opening hours?", "", Urgency.NORMAL, ()),
        ("C'est urgent, merci de me rappeler", "neutral", Urgency.HIGH, (Reason.PRESSING,)),
        ("I need an answer ASAP", "neutral", Urgency.HIGH, (Reason.PRESSING,)),
        ("Coincé à l'aéroport, aidez-moi", "negative", Urgency.URGENT, (Reason.STRANDED, Reason.PRESSING, Reason.CROSS)),
        ("stranded abroad, help me", "negative", Urgency.URGENT, (Reason.STRANDED, Reason.PRESSING, Reason.CROSS)),
        ("TROISIÈME MESSAGE ET TOUJOURS RIEN", "negative", Urgency.HIGH, (Reason.AGAIN, Reason.CROSS, Reason.SHOUTING)),
        ("this is the third time I write", "negative", Urgency.HIGH, (Reason.AGAIN, Reason.CROSS)),
        ("Pas urgent : où trouver mon RIB ?", "neutral", Urgency.LOW, (Reason.CALM,)),
        ("No rush, just wondering where my IBAN is", "neutral", Urgency.LOW, (Reason.CALM,)),
        ("Merci beaucoup, parfait !", "positive", Urgency.LOW, (Reason.THANKS,)),
        ("Thank you so much", "positive", Urgency.LOW, (Reason.THANKS,)),
        ("Thanks, but where is my card?", "positive", Urgency.NORMAL, ()),
        ("merci de débloquer ma carte", "negative", Urgency.NORMAL, (Reason.CROSS,)),
        ("", "", Urgency.NORMAL, ()),
    ],
)  # fmt: skip
def test_a_message_is_as_urgent_as_its_reasons(
    text: str, mood: str, level: Urgency, reasons: tuple[Reason, ...]
) -> None:
    """Words, mood, capitals and thanks add up, and each is named, the weightiest first."""
    weighed = urgency.weigh(text, mood, ())

    assert weighed.urgency == level
    assert set(weighed.reasons) == set(reasons)
    assert list(weighed.reasons) == sorted(weighed.reasons, key=lambda each: -urgency.POINTS[each])


@pytest.mark.parametrize("danger", list(Danger))
def test_danger_is_never_left_lying(danger: Danger) -> None:
    """What hurts now is urgent and what may hurt later high, however politely it is said."""
    level = Urgency.URGENT if danger in urgency.AT_ONCE else Urgency.HIGH

    assert urgency.of("Bonjour", "neutral", {danger}) == level
    assert urgency.of("No rush, thanks a lot, whenever you have time", "positive", {danger}) == level


def test_who_writes_again_and_again_waits_less() -> None:
    """Messages without an answer raise the next one, by one and by many."""
    levels = [urgency.weigh("Où est ma carte ?", "", (), unanswered) for unanswered in (0, 1, 3)]

    assert [one.reasons for one in levels] == [(), (Reason.AGAIN,), (Reason.UNANSWERED,)]
    assert [one.urgency for one in levels] == [Urgency.NORMAL, Urgency.NORMAL, Urgency.HIGH]


@given(
    st.text(max_size=200), st.sampled_from(["", "negative", "neutral", "positive"]), st.sets(st.sampled_from(Danger))
)
def test_more_danger_is_never_less_urgent(text: str, mood: str, dangers: set[Danger]) -> None:
    """Whatever is written, a danger does not make it less urgent."""
    assert LEVELS.index(urgency.of(text, mood, dangers)) >= LEVELS.index(urgency.of(text, mood, ()))
