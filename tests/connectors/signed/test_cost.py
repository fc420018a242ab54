"""The hot path stays cheap: what the door itself costs, beside the least that anybody must do."""

import hmac
import time
import timeit
from datetime import UTC, datetime

import msgspec

from bot import wire
from bot.connectors.base import HookRequest
from bot.connectors.signed import receive
from bot.connectors.signing import Keys
from tests.connectors.signed.receiver import SECRET, encoded, message

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOST_SECONDS = 60e-6
MOST_RATIO = 12
ROUNDS = 30
TIMES = 100


def test_one_webhook() -> None:
    """Verifying and reading one webhook costs less than 60 µs, and little more than the bare HMAC and the bare decoder."""
    body = encoded(message("Ma carte a été avalée par le distributeur de la rue de la Paix. " * 3))
    keys = Keys(SECRET)
    request = HookRequest("POST", keys.sign("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", body, NOW), {}, body, NOW)
    decode = msgspec.json.Decoder(wire.InboundMessage).decode

    # The quickest round is the one that nobody else disturbed.
    ours = (
        min(timeit.repeat(lambda: receive.accept(request, keys), number=TIMES, repeat=ROUNDS, timer=time.thread_time))
        / TIMES
    )
    least = min(
        timeit.repeat(
            lambda: (hmac.digest(b"k" * 32, body, "sha256"), decode(body)),
            number=TIMES,
            repeat=ROUNDS,
            timer=time.thread_time,
        )
    )

    assert ours < MOST_SECONDS
    assert ours / (least / TIMES) < MOST_RATIO
