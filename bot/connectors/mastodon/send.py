"""Words on their way to an instance. Each goes under its own key, so that the same words sent again are there once."""

import re
from typing import Any

from bot import errors, wire
from bot.connectors import enclosing
from bot.connectors.mastodon import counting, enclosures, plain, translate
from bot.connectors.mastodon.api import Api
from bot.connectors.mastodon.home import Home
from bot.connectors.mastodon.options import Replies
from bot.connectors.mastodon.translate import Status

_LATEST = "40"
_NAMES = re.compile(r"(?:@\S+(?:\s+|$))*")


class Voice:
    """Speaks for one account."""

    def __init__(self, api: Api, home: Home, our_id: str, replies: Replies) -> None:
        self._api = api
        self._home = home
        self._our_id = our_id
        self._replies = replies

    async def send(self, message: wire.OutboundMessage) -> wire.Receipt:
        """Send once. Whom it is for is named before the words: Mastodon tells nobody else of it."""
        self._check(message.text)
        enclosing.check(message, self._home.files)
        answered = await self._answered(message)
        name = await self._name(message, answered)
        body = self._body(message, answered, name)
        if counting.count(body["status"], self._home.link) > self._home.whole:
            raise errors.Refused(f"With the contact's name the text is longer than {self._home.whole} characters.")
        if message.files:
            body["media_ids"] = await enclosures.carry_up(self._api, self._home, message)
        return _receipt(await self._api.post("v1/statuses", body, message.key), message)

    async def find(self, message: wire.OutboundMessage, known: frozenset[str]) -> wire.Receipt | None:
        """Our own latest words, if they are these. Raises Uncertain else: the same key again does no harm."""
        latest = await self._api.get(f"v1/accounts/{self._our_id}/statuses", {"limit": _LATEST})
        for raw in latest if isinstance(latest, list) else []:
            receipt = self._same(raw, message)
            if receipt and receipt.external_id not in known:
                return receipt
        raise errors.Uncertain("These words are not among the account's latest posts.")

    async def edit(self, deed: wire.Deed) -> None:
        """Change words of ours. Whom they name at their beginning stays named, and their files stay: each must be named again."""
        self._check(deed.text)
        ours = await self.status(deed.message_id)
        source = await self._api.get(f"v1/statuses/{translate.path(deed.message_id)}/source")
        before = source.get("text") if isinstance(source, dict) else ""
        names = _NAMES.match(before if isinstance(before, str) else "")
        kept = f"{names[0].rstrip()} " if names and names[0] else ""
        if not ours.is_public:
            _check_private(deed.text, kept)
        body: dict[str, Any] = {"status": f"{kept}{deed.text}", "spoiler_text": ours.spoiler_text}
        if ours.media_attachments:
            body["media_ids"] = [medium.id for medium in ours.media_attachments]
        if counting.count(body["status"], self._home.link) > self._home.whole:
            raise errors.Refused(f"With the contact's name the text is longer than {self._home.whole} characters.")
        await self._api.change("PUT", f"v1/statuses/{translate.path(deed.message_id)}", body)

    async def status(self, status_id: str) -> Status:
        """One post. Raises NotFound, or Invalid when it cannot be read."""
        return translate.struct(await self._api.get(f"v1/statuses/{translate.path(status_id)}"), Status)

    def _check(self, text: str) -> None:
        if counting.count(text, self._home.link) > self._home.limit:
            raise errors.Refused(f"The text is longer than the {self._home.limit} characters that the instance takes.")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise errors.Refused("The text holds half a character, which cannot be sent.") from error

    async def _answered(self, message: wire.OutboundMessage) -> Status | None:
        """The post that is answered; None in private where there is none, or none any more."""
        is_public_thread = not translate.correspondent(message.conversation_id)
        status_id = message.in_reply_to or (message.conversation_id if is_public_thread else "")
        if not status_id:
            return None
        try:
            return await self.status(status_id)
        except errors.NotFound as gone:
            if message.is_public:
                raise errors.Refused("The post that is answered is no longer there.") from gone
            return None

    async def _name(self, message: wire.OutboundMessage, answered: Status | None) -> str:
        if message.to and message.to.username:
            return message.to.username
        if answered and answered.account.id != self._our_id:
            return answered.account.acct
        other = message.to.external_id if message.to else translate.correspondent(message.conversation_id)
        if not other:
            raise errors.Refused("It is not known for whom these words are.")
        found = await self._api.get(f"v1/accounts/{translate.path(other)}")
        return translate.struct(found, translate.Account).acct

    def _body(self, message: wire.OutboundMessage, answered: Status | None, name: str) -> dict[str, Any]:
        lead = f"@{name}"
        is_named = message.text.startswith(lead) and message.text[len(lead) :][:1] in {"", " ", "\n"}
        body: dict[str, Any] = {
            "status": message.text if is_named else f"{lead} {message.text}".rstrip(),
            "visibility": self._visibility(message, answered),
            "spoiler_text": self._warning(message, answered, lead),
        }
        if answered:
            body["in_reply_to_id"] = answered.id
        if body["visibility"] == "direct":
            _check_private(message.text, lead)
            if message.to:
                # The instance refuses what would be shown to anybody else.
                body["allowed_mentions"] = [message.to.external_id]
        return body

    def _visibility(self, message: wire.OutboundMessage, answered: Status | None) -> str:
        """Never wider than what is answered: a post for few is answered to its author alone."""
        if not message.is_public or answered is None or not answered.is_public:
            return "direct"
        return "unlisted" if self._replies is Replies.UNLISTED else answered.visibility

    def _warning(self, message: wire.OutboundMessage, answered: Status | None, lead: str) -> str:
        """What the contact warned of stands over the answer too, where there is room."""
        warning = answered.spoiler_text if answered else ""
        whole = counting.count(f"{warning}{lead} {message.text}", self._home.link)
        return warning if whole <= self._home.whole else ""

    def _same(self, raw: object, message: wire.OutboundMessage) -> wire.Receipt | None:
        try:
            status = translate.struct(raw, Status)
        except errors.Invalid:
            return None
        is_there = (
            (status.in_reply_to_id or "") == message.in_reply_to
            and status.is_public == message.is_public
            and len(status.media_attachments) == len(message.files)
        )
        return (
            _receipt(raw, message) if is_there and _heart(plain.words(status.content)) == _heart(message.text) else None
        )


def _heart(text: str) -> str:
    """The words without the names before them, and however they are spaced."""
    names = _NAMES.match(text)
    return " ".join(text[names.end() if names else 0 :].split())


def _check_private(text: str, names: str) -> None:
    """Whoever is named in a private post can read it."""
    lead = {name.casefold() for name in names.split()}
    for found in counting.MENTION.finditer(text):
        if found[0].casefold() not in lead:
            raise errors.Refused(
                f"Whoever is named in a private reply can read it. Write {found[0][:60]} without the @."
            )


def _receipt(told: object, message: wire.OutboundMessage) -> wire.Receipt:
    try:
        status = translate.struct(told, Status)
    except errors.Invalid as error:
        raise errors.Uncertain("Mastodon took the message but did not say under which number.") from error
    public = message.conversation_id
    private = translate.private_conversation(message.to.external_id) if message.to else public
    place = public if status.is_public else private
    return wire.Receipt(
        external_id=status.id,
        sent_at=status.created_at,
        permalink=wire.web_link(status.url or ""),
        conversation_id="" if place == message.conversation_id else place,
    )
