"""The line to X: tweepy's client where it knows the request, our own call where it does not.

tweepy notes each request in its log, words and headers included; its loggers are silenced when a line opens.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from tweepy.asynchronous import AsyncClient  # type: ignore[import-untyped]

from bot import errors
from bot.clock import Clock
from bot.connectors.base import Vault
from bot.connectors.client import Answer, Client, Stream
from bot.connectors.x import remedies
from bot.connectors.x.keeping import Heard
from bot.connectors.x.options import Options
from bot.connectors.x.session import MOST_BYTES, Session
from bot.connectors.x.tokens import Tokens

POST_FIELDS = [
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "display_text_range",
    "entities",
    "in_reply_to_user_id",
    "note_tweet",
    "referenced_tweets",
]
POST_EXPANSIONS = ["attachments.media_keys", "author_id"]
USER_FIELDS = ["id", "name", "profile_image_url", "username"]
MEDIA_FIELDS = ["media_key", "preview_image_url", "type", "url"]
PAGE = 100
# X sends an empty line every 20 seconds.
_SILENCE_SECONDS = 45.0
_LONGEST_LINE = 1_000_000
# Where the network's own client would put a token. Ours is put in by the session.
_WITHHELD = "withheld"
_LOGGERS = ("tweepy.client", "tweepy.asynchronous.client", "tweepy.asynchronous.streaming")


def _drop(record: logging.LogRecord) -> bool:
    """Tweepy quotes customers' words; what matters in them we say ourselves."""
    return not record.name.startswith("tweepy")


class Api:
    """One account's line. Every method raises our errors and no others."""

    def __init__(self, options: Options, vault: Vault, clock: Clock) -> None:
        self._questions = _client(options)
        self._deeds = _client(options, keeps_connections=False)
        self._options = options
        self._clock = clock
        tokens = Tokens(self._deeds, options, vault, clock)
        self.session = Session(self._questions, self._deeds, options.base_url, tokens, clock)
        self._tweepy = AsyncClient(_WITHHELD, return_type=dict)
        self._tweepy.session = self.session

    async def open(self) -> None:
        hush()
        await self._questions.open()
        await self._deeds.open()

    async def close(self) -> None:
        await self._questions.close()
        await self._deeds.close()

    async def me(self) -> dict[str, Any]:
        return _told(await self._tweepy.get_me(user_auth=False, user_fields=USER_FIELDS))

    async def mentions(
        self, user_id: str, *, since_id: str = "", start: datetime | None = None, page: str = ""
    ) -> dict[str, Any]:
        """One page of the posts that mention the account, the newest first."""
        told = await self._tweepy.get_users_mentions(
            user_id,
            max_results=PAGE,
            tweet_fields=POST_FIELDS,
            expansions=POST_EXPANSIONS,
            user_fields=USER_FIELDS,
            media_fields=MEDIA_FIELDS,
            **_given(since_id=since_id, start_time=start, pagination_token=page),
        )
        return _told(told)

    async def own_posts(self, user_id: str) -> dict[str, Any]:
        """The account's newest posts."""
        told = await self._tweepy.get_users_tweets(user_id, max_results=PAGE, tweet_fields=POST_FIELDS)
        return _told(told)

    async def direct_messages(self, *, page: str = "", with_person: str = "") -> dict[str, Any]:
        """One page of direct messages, the newest first: of all conversations, or of one with a person."""
        told = await self._tweepy.get_direct_message_events(
            participant_id=with_person or None,
            max_results=PAGE,
            event_types=["MessageCreate"],
            dm_event_fields=["attachments", "created_at", "dm_conversation_id", "entities", "event_type", "id", "text"],
            expansions=["attachments.media_keys", "participant_ids", "sender_id"],
            user_fields=USER_FIELDS,
            media_fields=MEDIA_FIELDS,
            user_auth=False,
            **_given(pagination_token=page),
        )
        return _told(told)

    async def reply(self, text: str, post_id: str, media: Sequence[str] = ()) -> dict[str, Any]:
        told = await self._tweepy.create_tweet(
            text=text or None, in_reply_to_tweet_id=post_id, media_ids=list(media) or None, user_auth=False
        )
        return _told(told)

    async def write(
        self, text: str, *, person_id: str = "", conversation_id: str = "", medium: str = ""
    ) -> dict[str, Any]:
        """A direct message, to a person or into a conversation of several."""
        told = await self._tweepy.create_direct_message(
            text=text or None,
            media_id=medium or None,
            participant_id=person_id or None,
            dm_conversation_id=conversation_id or None,
            user_auth=False,
        )
        return _told(told)

    async def hide(self, post_id: str, *, is_hidden: bool) -> None:
        deed = self._tweepy.hide_reply if is_hidden else self._tweepy.unhide_reply
        await deed(post_id, user_auth=False)

    async def delete(self, post_id: str) -> None:
        await self._tweepy.delete_tweet(post_id, user_auth=False)

    async def call(self, method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
        """What tweepy does not know, in the user's name."""
        return await self.session.ask(method, path, query or None, body)

    async def own_file(self, path: str) -> bytes:
        """A file that X shows the account alone. The token goes to the channel's own address, as with every question."""
        return self._file(await self.session.answer("GET", path))

    async def public_file(self, url: str) -> bytes:
        """A file that X shows everybody: asked for without telling who asks."""
        return self._file(await self._questions.get(url, headers={}))

    def _file(self, answer: Answer) -> bytes:
        if answer.status == HTTPStatus.OK:
            return answer.body
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise errors.Refused("The network no longer has this file.")
        remedies.well(answer, self._clock(), acts=False)
        raise errors.TryLater(f"The network answered {answer.status}.")

    async def call_as_app(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        """What X lets only the app itself ask, not one of its users."""
        headers = {
            "authorization": f"Bearer {self._options.bearer_token}",
            "content-type": "application/json",
            "connection": "close",
        }
        address = self._options.base_url + path
        try:
            answer = await self._deeds.request(method, address, headers=headers, body=body)
        except errors.Uncertain as lost:
            # Asked for again it does no harm: these set something up, and look first whether it is.
            raise errors.TryLater("X did not answer.") from lost
        return remedies.well(answer, self._clock(), acts=False)

    @asynccontextmanager
    async def endless(self, address: str, heard: Heard) -> AsyncIterator[Stream]:
        """An answer of X's without an end, which only the app itself may ask for. Raises our error where X does not open it."""
        headers = {"authorization": f"Bearer {self._options.bearer_token}"}
        asking = self._questions.stream(
            address, headers=headers, silence_seconds=_SILENCE_SECONDS, longest_line=_LONGEST_LINE
        )
        async with asking as stream:
            heard.answered()
            if stream.answer.status != 200:
                remedies.well(stream.answer, self._clock(), acts=False)
                raise errors.TryLater("X did not open the stream.")
            yield stream


def hush() -> None:
    """Silence tweepy's loggers. Doing it twice is the same."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_drop)


def _client(options: Options, *, keeps_connections: bool = True) -> Client:
    return Client(
        is_private_network_allowed=options.is_private_network_allowed,
        secrets=(options.client_secret, options.refresh_token, options.bearer_token, options.consumer_secret),
        most_bytes=MOST_BYTES,
        keeps_connections=keeps_connections,
    )


def _given(**parameters: object) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if value}


def _told(answer: object) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}
