"""Standard Webhooks signatures, both ways: what is signed is `id.timestamp.body`, over the bytes as they came.

The library signs. Verifying is our own: the library's reads the wall clock and wants the body as text, while we hold our
own clock and must judge bytes that may be no text at all. The tests let the library judge our signatures, and ours the library's.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from bot import errors

TOLERANCE = timedelta(minutes=5)
FEWEST_BYTES = 24
# During a rotation a sender signs with two secrets. A header of thousands would only cost us time.
MOST_SIGNATURES = 10
MOST_ID_CHARACTERS = 300

_PREFIX = "whsec_"


class Keys:
    """A channel's secrets, the current one first; whatever any of them signed is accepted."""

    def __init__(self, *secrets: str) -> None:
        self._keys = tuple(_key(secret) for secret in secrets if secret)
        if not self._keys:
            raise errors.Invalid("There is no secret to verify signatures with.", field="secret")
        self._webhook = Webhook(self._keys[0])

    def sign(self, webhook_id: str, body: bytes, at: datetime) -> dict[str, str]:
        """The three headers that go with `body`, signed with the current secret."""
        stamp = str(int(at.timestamp()))
        signature = self._webhook.sign(msg_id=webhook_id, timestamp=at, data=body.decode())
        return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": signature}

    def verify(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        """Raise NotAllowed unless one of our secrets signed exactly these bytes, within five minutes of `at`."""
        webhook_id, stamp, given = (
            headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
        )
        if not (webhook_id and stamp and given) or len(webhook_id) > MOST_ID_CHARACTERS:
            raise errors.NotAllowed("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
        _check_time(stamp, at)
        signed = b"".join((webhook_id.encode("utf-8", "surrogateescape"), b".", stamp.encode(), b".", body))
        # Joined, so that every secret is tried against every signature however early one fits.
        fits = [hmac.compare_digest(expected, one) for expected in self._expected(signed) for one in _signatures(given)]
        if not any(fits):
            raise errors.NotAllowed("The signature does not fit this body and this channel's secret.")

    def _expected(self, signed: bytes) -> list[bytes]:
        return [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in self._keys]


def _signatures(given: str) -> list[bytes]:
    versioned = given.encode("utf-8", "surrogateescape").split(b" ", MOST_SIGNATURES)[:MOST_SIGNATURES]
    return [one[3:] for one in versioned if one.startswith(b"v1,")]


def _check_time(stamp: str, at: datetime) -> None:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise errors.NotAllowed("The header webhook-timestamp must be a number of seconds since 1970.")
    if abs(int(stamp) - at.timestamp()) > TOLERANCE.total_seconds():
        raise errors.NotAllowed("The signature is more than five minutes away from this machine's time.")


def _key(secret: str) -> bytes:
    text = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise errors.Invalid("The secret must be whsec_ followed by base64.", field="secret") from error
    if len(key) < FEWEST_BYTES:
        raise errors.Invalid(
            f"The secret is too short: {FEWEST_BYTES} bytes or more, as base64 after whsec_.", field="secret"
        )
    return key
