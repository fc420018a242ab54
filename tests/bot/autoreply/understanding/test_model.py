"""What may be done with a message that means something, or nothing."""

import pytest

from bot.autoreply.understanding.understander import Understander
from bot.autoreply.understanding.values import Danger, Decision
from tests.bot.autoreply.understanding import taught

NOTHING = ["", "   ", "👍", "?!…", "😡😡😡", "\n\t"]
NOT_OURS = [
    "a" * 10_000,
    "la recette de la tarte aux pommes ?",
    "Can you write me a poem about the sea?",
    "<script>alert(1)</script>",
    "SELECT * FROM users; --",
    "Qui a gagné le match hier soir ?",
    "lorem ipsum dolor sit amet " * 400,
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_has_no_word_is_a_persons_affair(text: str) -> None:
    """No letter and no number: nothing was asked that could be answered."""
    assert taught.model().predict([text], 0.8)[0].decision is Decision.HAND_OVER


@pytest.mark.parametrize("text", NOT_OURS)
def test_what_nobody_taught_is_not_answered(text: str) -> None:
    """Chatter, code and endless letters find no answer, even where nine in ten would do."""
    assert taught.model().predict([text], 0.9)[0].decision is not Decision.ANSWER


def test_what_was_taught_is_answered() -> None:
    """A question in the words of many examples is sure enough."""
    predicted = taught.model().predict(["j'ai perdu ma carte bancaire", "I've lost my bank card"], 0.9)

    assert [(one.label, one.decision) for one in predicted] == [("card_lost_stolen", Decision.ANSWER)] * 2


def test_the_likeliest_stand_first() -> None:
    """Three of them, and the first is the label."""
    predicted = taught.model().predict(["ma carte ne marche pas"])[0]

    assert len(predicted.ranked) == 3
    assert predicted.label == predicted.ranked[0].label
    assert [one.probability for one in predicted.ranked] == sorted(
        (one.probability for one in predicted.ranked), reverse=True
    )


def test_an_understanding_says_what_made_it() -> None:
    """Language, intent, danger and version come together; danger goes to a person."""
    understood = Understander(taught.model(), None, 0.9).understand(["On m'a volé ma carte bancaire dans le métro"])[0]

    assert (understood.language, understood.intent, understood.mood) == ("fr", "card_lost_stolen", "")
    assert Danger.STOLEN_CARD in understood.dangers
    assert understood.decision is Decision.HAND_OVER
    assert understood.version == f"intent:{taught.model().version}"


def test_without_models_there_is_still_a_language() -> None:
    """Nothing was taught yet: nothing is answered, and nothing fails."""
    understood = Understander(None, None).understand(["Where is my card?", ""], ["", "fr"])

    assert [one.language for one in understood] == ["en", "fr"]
    assert {one.decision for one in understood} == {Decision.HAND_OVER}
