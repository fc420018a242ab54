"""How words leave for the fake network: once for each key, and whether they are there can be looked up by it."""

from bot import errors, wire
from bot.connectors import enclosing
from bot.connectors.fake import allowances, translate
from bot.connectors.fake.line import Line
from bot.connectors.fake.payloads import PRIVATE_LIMIT, PUBLIC_LIMIT


async def send(line: Line, message: wire.OutboundMessage) -> wire.Receipt:
    if len(message.text) > (PUBLIC_LIMIT if message.is_public else PRIVATE_LIMIT):
        raise errors.Refused("The text is too long for this network.")
    enclosing.check(message, allowances.FILES)
    answer = await line.tell("messages", translate.outbound(message), message.key)
    return translate.receipt(answer.body)


async def find(line: Line, message: wire.OutboundMessage) -> wire.Receipt | None:
    answer = await line.ask("messages", {"key": message.key})
    return None if answer.status == 404 else translate.receipt(answer.body)


async def probe(line: Line) -> wire.ChannelHealth:
    try:
        answer = await line.ask("me", {})
    except errors.Reauthorize as error:
        return wire.ChannelHealth(wire.Health.BAD_CREDENTIALS, error.message)
    except errors.TryLater as error:
        return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message, error.after)
    except errors.Refused as error:
        return wire.ChannelHealth(wire.Health.INTERRUPTED, error.message)
    if answer.status == 404:
        return wire.ChannelHealth(wire.Health.INTERRUPTED, f"The network knows no account {line.name}.")
    return wire.ChannelHealth(wire.Health.CONNECTED)


async def act(line: Line, deed: wire.Deed) -> None:
    """Done twice it is the same. That the answer was lost is therefore no trouble: it is TryLater."""
    try:
        await line.tell("deeds", translate.deed(deed), "")
    except errors.Uncertain as lost:
        raise errors.TryLater(lost.message) from lost
