"""Meta's door, the same for each of its networks: the challenge, and the signature as an independent recipe makes it."""

import pytest

from bot import errors
from bot.connectors.base import HookRequest
from bot.connectors.meta import hooks
from tests.connectors.meta.far import VERIFY_TOKEN, asked_by_get, request, signature
from tests.connectors.meta.graph_api import APP_SECRET


def test_challenge() -> None:
    """Asked with our word, we say back what Meta asks."""
    asked = asked_by_get(mode="subscribe", verify_token=VERIFY_TOKEN, challenge="1158201444")

    assert hooks.challenge(asked, VERIFY_TOKEN).body == "1158201444"


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "é\udcff", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN, "challenge": "1"},
        {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "<script>"},
        {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1" * 201},
    ],
)
def test_not_our_word(told: dict[str, str]) -> None:
    """Nobody else learns that we are here, and nothing but a challenge is said back."""
    with pytest.raises(errors.NotAllowed):
        hooks.challenge(asked_by_get(**told), VERIFY_TOKEN)


def test_signature_is_over_the_bytes_as_they_came() -> None:
    """A known body has a known signature; the same JSON written otherwise has another."""
    body = b'{"object":"page","entry":[]}'
    known = "sha256=ca35094b9ddaa15d3aa59c7e4b74543e18ea52d6a56fd4de8f504641ad36840a"  # by openssl
    hooks.verify(request(body, known), APP_SECRET)
    for wrong in (signature(b'{"object": "page", "entry": []}'), known.upper(), known[:-1]):
        with pytest.raises(errors.NotAllowed):
            hooks.verify(request(body, wrong), APP_SECRET)


def test_what_is_kept_can_be_taken_apart_again() -> None:
    """Each thing of a request stands for itself, and kept by itself it is the same thing."""
    told = {
        "object": "page",
        "entry": [{"id": "1", "time": 5, "changes": [{"a": 1}, {"b": 2}]}, {"id": "2", "messaging": [{}]}, 3],
    }
    pieces = list(hooks.split(told))

    assert [(piece.account_id, piece.key, piece.told) for piece in pieces] == [
        ("1", "changes", {"a": 1}),
        ("1", "changes", {"b": 2}),
        ("2", "messaging", {}),
        ("", "entry", 3),
    ]
    assert list(hooks.split(hooks.decoded(pieces[0].raw()))) == [pieces[0]]


def test_another_method() -> None:
    """What is neither a look nor a call bears no signature, and is not allowed."""
    with pytest.raises(errors.NotAllowed):
        hooks.verify(HookRequest("PUT", {}, {}, b"{}", request(b"").received_at), APP_SECRET)
