"""Signatures: the reference library judges ours, and we judge the library's."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from bot import clock, errors
from bot.connectors.signing import Keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = '{"text": "Où est ma carte ?"}'.encode()


def by_library(secret: str = SECRET, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    signature = standardwebhooks.Webhook(secret).sign("msg_1", at, body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


@given(st.text())
def test_the_library_accepts_ours(text: str) -> None:
    """What we sign, the reference library verifies."""
    body = text.encode("utf-8", "replace")
    signed = Keys(SECRET).sign("msg_1", body, clock.now())

    standardwebhooks.Webhook(SECRET).verify(body, signed, json_parse=False)

    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body + b" ", signed, json_parse=False)


@given(st.text())
def test_we_accept_the_library(text: str) -> None:
    """What the reference library signs, we verify, and not a byte more."""
    body = text.encode("utf-8", "replace")
    signed = by_library(body=body)

    Keys(SECRET).verify(signed, body, NOW)

    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify(signed, body + b" ", NOW)


def test_rotation() -> None:
    """While a secret is changed, both are accepted coming in; only the new one signs what goes out."""
    keys = Keys(SECRET, OLD)
    keys.verify(by_library(OLD), BODY, NOW)
    keys.verify(by_library(SECRET), BODY, NOW)

    with pytest.raises(errors.NotAllowed):
        Keys(OLD).verify(keys.sign("1", BODY, NOW), BODY, NOW)


def test_several_signatures() -> None:
    """A sender that rotates signs twice in one header; one that fits is enough, beside versions that we do not know."""
    signed = by_library()
    given = {**signed, "webhook-signature": f"v1a,AAAA v1,AAAA {signed['webhook-signature']} v9"}
    Keys(SECRET).verify(given, BODY, NOW)

    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify({**signed, "webhook-signature": "v1,AAAA " * 10 + signed["webhook-signature"]}, BODY, NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=5), timedelta(minutes=-5), timedelta()])
def test_in_time(away: timedelta) -> None:
    """Five minutes either way are accepted, by the clock of the request and not by the wall's."""
    Keys(SECRET).verify(by_library(at=NOW + away), BODY, NOW)

    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify(by_library(at=NOW + away), BODY, NOW + timedelta(minutes=11))


@pytest.mark.parametrize(
    "away", [timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1), timedelta(days=9)]
)
def test_out_of_time(away: timedelta) -> None:
    """A right signature of another time is a replay."""
    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify(by_library(at=NOW + away), BODY, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": "x" * 5_000},
        {"webhook-id": "\udcff"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "AAAA"},
        {"webhook-signature": "v1," + "A" * 44},
        {"webhook-signature": "\udcff v1,\udcff"},
    ],
)
def test_forged(changed: dict[str, str]) -> None:
    """Any other header is refused with one kind of error, whatever stands in it."""
    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify({**by_library(), **changed}, BODY, NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing(missing: str) -> None:
    """All three headers are needed."""
    with pytest.raises(errors.NotAllowed):
        Keys(SECRET).verify({name: value for name, value in by_library().items() if name != missing}, BODY, NOW)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all, not at all", "whsec_é", "c2hvcnQ"]
)
def test_bad_secrets(secret: str) -> None:
    """A secret that is missing, short or no base64 is refused when the channel is configured, without showing it."""
    with pytest.raises(errors.Invalid) as raised:
        Keys(secret)

    assert raised.value.field == "secret"
    assert not secret.removeprefix("whsec_") or secret.removeprefix("whsec_") not in raised.value.message
