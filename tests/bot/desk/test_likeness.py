"""Nearly the same is found, and what only shares words is not."""

import pytest

from bot.desk.likeness import Known, doubts


@pytest.mark.parametrize(
    ("line", "other", "is_near"),
    [
        ("j'ai perdu ma carte bleue hier", "J’ai perdu ma carte bleu hier !", True),
        ("how do i raise my card limit", "how do I raise my cards limit?", True),
        ("j'ai perdu ma carte", "j'ai perdu mon chéquier", False),
        ("merci", "merci beaucoup pour votre aide", False),
        ("👍", "👎", False),
    ],
)
def test_near(line: str, other: str, is_near: bool) -> None:
    """A letter, a sign or a capital do not part two examples; another thing does."""
    assert bool(doubts([line], [Known(other, "other")])) is is_near


def test_the_nearest_is_named() -> None:
    """Each line by its number with the most alike, be it known or another line; the same words are called so."""
    known = [Known("quels sont vos horaires", "hours"), Known("quels sont vos horaires ?", "again")]

    found = doubts(["", "Quels sont vos HORAIRES", "bonne nuit", "Bonne  nuit"], known)

    assert [(one.line, one.owner, one.is_same) for one in found] == [(2, "hours", True), (4, "", True)]


def test_nothing_is_compared_with_nothing() -> None:
    """An empty list has no doubts."""
    assert doubts([], []) == []
