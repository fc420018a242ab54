"""A network's sentence is short, and no secret of ours can be read in it, not even its beginning."""

import re

import pytest

from bot.connectors import sentences

TOKEN = "12345:the-token"


@pytest.mark.parametrize("text", [TOKEN, f"?access_token={TOKEN}&x", "bad 12345%3Athe-token", f"{TOKEN}{TOKEN}"])
def test_secrets(text: str) -> None:
    """A secret is not repeated, neither plain nor as it stands in an address."""
    assert "the-token" not in sentences.fit(text, (TOKEN,))


def test_the_rest_stays() -> None:
    """What is no secret is said as the network said it; a secret that was never given hides nothing."""
    assert sentences.fit("Too long: 300", ("", TOKEN)) == "Too long: 300"


def test_a_secret_within_another() -> None:
    """Where one secret is a part of another, nothing of either stays."""
    assert sentences.fit("abcdef", ("cd", "abcdef")) == "•••"


@pytest.mark.parametrize("before", range(180, 201))
def test_the_end(before: int) -> None:
    """A long sentence is cut, and no beginning of a secret stands where it was cut."""
    fit = sentences.fit("." * before + TOKEN + "." * 300, (TOKEN,))

    assert len(fit) == sentences.LONGEST
    assert "1" not in fit


def test_shapes() -> None:
    """What is shaped like a secret is not repeated either, whoever's it is."""
    assert sentences.fit("token EAAB123 failed", (), re.compile(r"EAA\w+")) == "token ••• failed"


def test_borne() -> None:
    """What a request says who it is by is a secret; its kind is none."""
    assert sentences.borne({"Authorization": "Bearer abc", "accept": "x"}) == ("abc",)
    assert sentences.borne({"authorization": "abc"}) == ("abc",)
    assert sentences.borne({}) == ()
