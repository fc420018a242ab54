"""Words that a network has approved: which they are, what stands in their blanks, and where they may be said."""

from hypothesis import given
from hypothesis import strategies as st

from bot import wire

READY = wire.Formula(
    "ready fr", "ready", "fr", "Bonjour {{1}}, votre dossier {{2}} est prêt. À bientôt, {{1}}.\n\nLa Banque"
)
BARE = wire.Formula("bare en", "bare", "en", "We are back.")
WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="{}"), min_size=1, max_size=8)


def test_what_is_filled_is_read() -> None:
    """The values come back, and other words are none of it: changed, begun, without a value, or over several lines."""
    values = {"1": "Ann", "2": "42, rue"}
    said = READY.filled(values)

    assert READY.blanks == ("1", "2")
    assert said == "Bonjour Ann, votre dossier 42, rue est prêt. À bientôt, Ann.\n\nLa Banque"
    assert READY.read(said) == values
    assert BARE.read("We are back.") == {}
    others = [
        "", "Bonjour", said[:-1], f" {said}", said.replace("prêt", "perdu"), said.replace("bientôt, Ann", "bientôt, Bob"),
        READY.filled({"1": "", "2": "42"}), READY.filled({"1": " ", "2": "42"}), READY.filled({"1": "A\nB", "2": "42"}),
    ]  # fmt: skip
    assert [READY.read(other) for other in others] == [None] * len(others)


@given(st.lists(WORDS, max_size=5), WORDS)
def test_whatever_is_in_the_blanks(values: list[str], between: str) -> None:
    """Filled with anything, words are known again; what is read in their blanks says the very same."""
    names = [f"n{number}" for number in range(len(values))]
    formula = wire.Formula("f", "f", "en", between.join([f"{{{{{name}}}}}" for name in names]))
    said = formula.filled(dict(zip(names, values, strict=True)))
    read = formula.read(said)

    assert read is not None
    assert formula.filled(read) == said


def test_a_long_text_is_read_at_once() -> None:
    """Words that nearly fit cost no more than others: nobody can make the desk think for long."""
    many = wire.Formula("f", "f", "en", ", ".join(f"{{{{n{number}}}}}" for number in range(20)) + " end")

    assert many.read(", " * 20_000) is None


def test_where_no_others_may_be_said() -> None:
    """Where no reply may be given, a formula may; elsewhere it is like any words, and without formulas nothing is."""
    closed = wire.Capabilities(can_reply=False, why_not="closed", formulas=(READY, BARE))
    said = READY.filled({"1": "Ann", "2": "42"})

    assert closed.permission("reply") == wire.Permission(is_allowed=False, why_not="closed")
    assert closed.permission("reply", "Bonjour Ann") == wire.Permission(is_allowed=False, why_not="closed")
    assert (closed.permission("reply", said), closed.formula(said)) == (wire.Permission(), READY)
    assert wire.Capabilities(formulas=(READY,)).formula(said) is None
    assert not closed.permission("private_reply", said).is_allowed
