"""What goes out by the signed door: one POST for each answer, signed like what comes in, and named by its key."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from bot import errors, wire
from bot.clock import Clock
from bot.connectors.client import Answer, Client
from bot.connectors.signed import translate
from bot.connectors.signing import Keys

# Nothing is ever sent under this key; whoever is asked for it only shows that he is there.
PROBE = "comptoir-probe"


async def send(message: wire.OutboundMessage, url: str, client: Client, keys: Keys, clock: Clock) -> wire.Receipt:
    """Post an answer. Whoever takes it must take a key once: the same key again is the same answer."""
    body = translate.outbound(message)
    headers = keys.sign(message.key, body, clock()) | {
        "content-type": "application/json",
        "idempotency-key": message.key,
    }
    answer = await client.request("POST", url, headers=headers, body=body)
    _check(answer, clock)
    return translate.receipt(answer.body, message.key)


async def find(
    message: wire.OutboundMessage, url: str, client: Client, keys: Keys, clock: Clock
) -> wire.Receipt | None:
    """Ask for an answer by its key. Raises Uncertain where the other side does not offer that."""
    answer = await _ask(message.key, url, client, keys, clock)
    if answer.status in {401, 403, 429, 503}:
        _check(answer, clock)
    if answer.status != 200:
        raise errors.Uncertain("The other side offers no way to look whether it has this answer.")
    return translate.found(answer.body, message.key)


async def probe(url: str, client: Client, keys: Keys, clock: Clock) -> wire.ChannelHealth:
    """Whether somebody is at the other side who knows our signature."""
    try:
        answer = await _ask(PROBE, url, client, keys, clock)
        if answer.status in {401, 403, 429} or answer.status >= 500:
            _check(answer, clock)
    except errors.Reauthorize as error:
        return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
    except errors.TryLater as error:
        return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
    except (errors.Refused, errors.Uncertain) as error:
        return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
    return wire.ChannelHealth(wire.Health.CONNECTED)


async def _ask(key: str, url: str, client: Client, keys: Keys, clock: Clock) -> Answer:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode({"key": key}))))
    return await client.get(urlunsplit(parts._replace(query=query)), headers=keys.sign(key, b"", clock()))


def _check(answer: Answer, clock: Clock) -> None:
    """Return for 2xx; else raise what the status asks us to do."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in {408, 425, 429, 503}:
        raise errors.TryLater("The other side asks to wait.", after=answer.retry_after(clock()))
    if status in {401, 403}:
        raise errors.Reauthorize(
            "The other side does not accept our signature. Renew the channel's secret on both sides."
        )
    if 300 <= status < 400:
        raise errors.Refused(
            "The other side redirects to another address, which is not followed. Give the final address."
        )
    if 400 <= status < 500:
        raise errors.Refused(f"The other side refuses this answer (HTTP {status}).")
    raise errors.Uncertain(f"The other side failed (HTTP {status}); it may have taken the answer.")
