"""What is learnt from examples, and that it is learnt the same each time."""

import pytest

from bot import errors
from bot.autoreply.understanding import encoder, keeping, learning
from bot.autoreply.understanding.values import Decision, Example, Kind
from tests.bot.autoreply.understanding import taught


def share_right(said: list[str], meant: list[str]) -> float:
    return sum(one == other for one, other in zip(said, meant, strict=True)) / len(meant)


def test_most_of_what_it_was_not_taught_is_understood() -> None:
    """Every third example is put aside; of those, four in five are understood."""
    known = [one for number, one in enumerate(taught.examples()) if number % 3]
    asked = taught.examples()[::3]

    predicted = learning.learn(Kind.INTENT, known, taught.unheard).predict([one.text for one in asked])

    assert share_right([one.label for one in predicted], [one.label for one in asked]) >= 0.8


def test_what_is_taught_in_one_language_is_understood_in_the_other() -> None:
    """English examples alone teach most of the same questions in French."""
    english = learning.learn(Kind.INTENT, taught.examples("en"), taught.unheard)
    asked = taught.examples("fr")

    predicted = english.predict([one.text for one in asked])

    assert share_right([one.label for one in predicted], [one.label for one in asked]) >= 0.7


def test_the_same_examples_make_the_same_model() -> None:
    """Learning twice gives the same bytes."""
    examples = taught.examples("fr")

    first, second = (keeping.pack(learning.learn(Kind.INTENT, examples, taught.unheard)) for _ in range(2))

    assert first == second


def test_another_example_makes_another_version() -> None:
    """The version stands for everything that was learnt."""
    model = learning.learn(Kind.INTENT, [*taught.examples("fr"), Example("au secours", "sign_in")], taught.unheard)

    assert model.version != learning.learn(Kind.INTENT, taught.examples("fr"), taught.unheard).version


def test_one_example_a_label_is_enough_to_begin() -> None:
    """Nothing was seen twice, so nothing is answered; yet the nearer of the two is named."""
    model = learning.learn(
        Kind.INTENT, [Example("where is my card", "card"), Example("close my account", "leave")], taught.unheard
    )

    predicted = model.predict(["my card has not come"])[0]

    assert predicted.label == "card"
    assert predicted.decision is not Decision.ANSWER


@pytest.mark.parametrize("labels", [[], ["card"]])
def test_there_must_be_something_to_tell_apart(labels: list[str]) -> None:
    """No label, or one alone, is refused in a sentence."""
    with pytest.raises(errors.Invalid, match="two are needed"):
        learning.learn(Kind.INTENT, [Example("where is my card", label) for label in labels], taught.unheard)


def test_how_far_it_is_can_be_followed_and_broken_off() -> None:
    """It tells shares of 1 that grow; whoever hears them may raise, and learning ends."""
    heard: list[float] = []
    learning.learn(Kind.INTENT, taught.examples("fr"), lambda done, _stage: heard.append(done))

    def enough(_done: float, stage: str) -> None:
        if stage == "reading sentences":
            raise errors.Conflict("Somebody broke it off.")

    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    with pytest.raises(errors.Conflict):
        learning.learn(Kind.INTENT, taught.examples("fr"), enough)


def test_without_the_encoder_words_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is not installed, it learns and answers by words, and says that this is all there is."""
    monkeypatch.setattr(encoder, "PACKAGE", "a_package_that_nobody_has")
    alone = encoder.Encoder()
    monkeypatch.setattr(encoder, "shared", lambda: alone)

    model = learning.learn(Kind.INTENT, taught.examples("fr"), taught.unheard)

    assert model.predict(["j'ai perdu ma carte bancaire"])[0].label == "card_lost_stolen"
    assert model.scorer.is_whole()
    assert model.figures["accuracy"] > 0.5


def test_before_the_encoder_is_there_words_answer_by_their_own_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that was taught with it understands without it, is not whole, and asks to be surer or as sure as words must be."""
    kept = keeping.pack(taught.model())
    late = encoder.Encoder()
    monkeypatch.setattr("bot.autoreply.understanding.intent.shared", lambda: late)

    model = keeping.unpack(kept)

    assert not model.scorer.is_whole()
    assert model.predict(["j'ai perdu ma carte bancaire"])[0].label == "card_lost_stolen"
    assert model.threshold(0.8) == next(point.threshold for point in model.curve_without if point.target == 80)
