"""Words on their way to Telegram. It takes no key that makes a repetition harmless, so nothing is sent twice unasked."""

from collections.abc import Mapping
from typing import Any

from bot import errors, wire
from bot.connectors import enclosing
from bot.connectors.telegram import enclosures, remedies, translate
from bot.connectors.telegram.api import Api
from bot.connectors.telegram.places import Place

WITHOUT_FILES = "Telegram took the words, but perhaps not the files."


def count(text: str) -> int:
    """The length as Telegram counts it: in UTF-16 units, where most emoji are two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


async def send(api: Api, message: wire.OutboundMessage, limit: int) -> wire.Receipt:
    """Send once, as plain text. Where a group has moved, nothing was sent, and it goes to the group's new place."""
    if count(message.text) > limit:
        raise errors.Refused(f"The text is longer than the {limit} characters that Telegram takes.")
    if not _is_text(message.text):
        raise errors.Refused("The text holds half a character, which cannot be sent.")
    enclosing.check(message, enclosures.RULES)
    place = Place.parse(message.conversation_id)
    answered = place.number(message.in_reply_to) or place.chain
    try:
        return await _say(api, place, message, answered)
    except remedies.Moved as moved:
        # Messages are numbered anew there: the old number would point at somebody else's words.
        return await _say(api, Place(moved.chat), message, answered=0)


async def _say(api: Api, place: Place, message: wire.OutboundMessage, answered: int) -> wire.Receipt:
    """Words, files, or both; what is too long to stand under a file goes before it by itself."""
    files = message.files
    if not files:
        return await _post(api, place, answered, "sendMessage", {"text": message.text})
    if count(message.text) <= enclosures.CAPTION:
        return await _post(api, place, answered, *enclosures.request(files, message.text), enclosures.SECONDS)
    receipt = await _post(api, place, answered, "sendMessage", {"text": message.text})
    try:
        await _post(api, place, 0, *enclosures.request(files, ""), enclosures.SECONDS)
    except errors.ComptoirError as error:
        raise errors.Uncertain(WITHOUT_FILES) from error
    return receipt


async def _post(
    api: Api, place: Place, answered: int, method: str, told: Mapping[str, Any], wait: float | None = None
) -> wire.Receipt:
    sent = await api.call(
        method,
        acts=True,
        wait=wait,
        chat_id=place.chat,
        **told,
        # Only a forum's topic may be named so; for a chain of replies Telegram refuses the number.
        message_thread_id=place.topic or None,
        business_connection_id=place.business or None,
        reply_parameters=_answer(answered),
    )
    return _receipt(place, sent[0] if isinstance(sent, list) and sent else sent)


def _answer(number: int) -> dict[str, Any] | None:
    """What is answered. If its author has removed it meanwhile, the answer goes out all the same."""
    return {"message_id": number, "allow_sending_without_reply": True} if number else None


def _receipt(place: Place, sent: object) -> wire.Receipt:
    number = sent.get("message_id") if isinstance(sent, dict) else None
    if not isinstance(sent, dict) or not isinstance(number, int):
        raise errors.Uncertain("Telegram took the message but did not say under which number.")
    return wire.Receipt(external_id=place.message(number), sent_at=translate.moment(sent.get("date")))
