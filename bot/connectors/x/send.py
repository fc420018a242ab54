"""Words on their way to X. It takes no key that makes a repetition harmless, so nothing is sent twice unasked."""

import re
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from bot import errors, wire
from bot.clock import Clock
from bot.connectors import enclosing
from bot.connectors.x import costs, counting, enclosures, places, translate
from bot.connectors.x.api import Api
from bot.connectors.x.costs import Meter
from bot.connectors.x.fields import Ourselves
from bot.connectors.x.options import Options
from bot.connectors.x.places import Place

LONGEST_DIRECT = 10_000
_REMEMBERED = 1_000
# X's clock and ours may differ so much.
_SLACK = timedelta(minutes=2)
_LINK = re.compile(r"https://\S+")


class Sender:
    """Sends for one account, and remembers for a while when it tried what, so that a look knows where to look."""

    def __init__(self, api: Api, meter: Meter, options: Options, clock: Clock) -> None:
        self._api = api
        self._meter = meter
        self._options = options
        self._clock = clock
        self._tried: OrderedDict[str, datetime] = OrderedDict()
        self._received: OrderedDict[str, None] = OrderedDict()

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        """Send once: in public as a reply to a post, in private to the person."""
        _check(message, self._options)
        media = await enclosures.carry_up(self._api, self._meter, message)
        _remember(self._tried, message.key, self._clock())
        receipt = await (self._reply(message, media) if message.is_public else self._write(message, media))
        _remember(self._received, receipt.external_id, None)
        await self._meter.keep()
        return receipt

    async def find(self, message: wire.OutboundMessage, us: Ourselves) -> wire.Receipt | None:
        """Look among what the account wrote since we tried. What is not there yet may still come, so that is Uncertain."""
        tried_at = self._tried.get(message.key)
        if tried_at:
            found = await (self._posts(us) if message.is_public else self._direct(message, us))
            for one in found:
                is_new = one.sent_at >= tried_at - _SLACK and one.external_id not in self._received
                if is_new and _says(one, message) and (not message.is_public or one.in_reply_to == message.in_reply_to):
                    return wire.Receipt(one.external_id, one.sent_at, one.permalink, _moved(message))
        raise errors.Uncertain("X shows no such words of ours, but it may not show all yet. Look on X itself.")

    async def _reply(self, message: wire.OutboundMessage, media: list[str]) -> wire.Receipt:
        told = await self._api.reply(message.text, places.number(message.in_reply_to), media)
        self._meter.spend(costs.LINK_REPLY if counting.has_link(message.text) else costs.REPLY)
        number = _number(told, "id")
        return wire.Receipt(external_id=number, permalink=f"https://x.com/i/status/{number}")

    async def _write(self, message: wire.OutboundMessage, media: list[str]) -> wire.Receipt:
        place = _private(message)
        medium = media[0] if media else ""
        told = await self._api.write(message.text, person_id=place.person, conversation_id=place.group, medium=medium)
        self._meter.spend(costs.DM)
        return wire.Receipt(external_id=f"dm:{_number(told, 'dm_event_id')}", conversation_id=_moved(message))

    async def _posts(self, us: Ourselves) -> list[wire.InboundMessage]:
        told = await self._api.own_posts(us.id)
        return _readable("post", told, us)

    async def _direct(self, message: wire.OutboundMessage, us: Ourselves) -> list[wire.InboundMessage]:
        place = _private(message)
        if place.group:
            return []
        told = await self._api.direct_messages(with_person=place.person)
        return [one for one in _readable("dm", told, us) if one.is_own]


def _check(message: wire.OutboundMessage, options: Options) -> None:
    """Refuse what X would, before it leaves."""
    try:
        message.text.encode()
    except UnicodeEncodeError as error:
        raise errors.Refused("The text holds half a character, which cannot be sent.") from error
    limit = options.longest_post if message.is_public else LONGEST_DIRECT
    length = counting.weight(message.text) if message.is_public else len(message.text)
    if length > limit:
        raise errors.Refused(f"The text is longer than the {limit} characters that X takes here.")
    if message.is_public and not places.is_number(message.in_reply_to):
        raise errors.Refused("In public there must be a post to answer.")
    enclosing.check(message, enclosures.IN_POSTS if message.is_public else enclosures.IN_DIRECT)


def _says(one: wire.InboundMessage, message: wire.OutboundMessage) -> bool:
    """Whether these are the words. With a file X writes a link to it behind them."""
    if not message.files:
        return one.text == message.text
    link = one.text.removeprefix(message.text).strip()
    return bool(one.attachments) and one.text.startswith(message.text) and (not link or bool(_LINK.fullmatch(link)))


def _private(message: wire.OutboundMessage) -> Place:
    """Where private words go: the conversation, or for a public one the person."""
    place = Place.parse(message.conversation_id)
    if not place.root:
        return place
    person = message.to.external_id if message.to else place.person
    return Place(person=places.number(person))


def _moved(message: wire.OutboundMessage) -> str:
    """The private conversation that an answer to public words went into."""
    place = Place.parse(message.conversation_id)
    return str(_private(message)) if place.root and not message.is_public else ""


def _number(told: dict[str, Any], name: str) -> str:
    data = told.get("data")
    found = data.get(name) if isinstance(data, dict) else None
    if not places.is_number(found):
        raise errors.Uncertain("X took the words but did not say under which number.")
    return str(found)


def _readable(kind: str, told: dict[str, Any], us: Ourselves) -> list[wire.InboundMessage]:
    """The account's words among those listed; whatever cannot be read is not what we look for."""
    found = told.get("data")
    includes = told.get("includes")
    read = [translate.read(kind, one, includes, us) for one in (found if isinstance(found, list) else [])]
    return [message for one in read if isinstance(one, tuple) for message in one]


def _remember(kept: "OrderedDict[str, Any]", name: str, value: object) -> None:
    kept[name] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
