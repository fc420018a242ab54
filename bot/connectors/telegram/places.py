"""Where in Telegram something is: chat, topic or chain of replies, business connection; and its name as one string.

    7               a private chat, or a small group
    -1001234:5      topic 5 of a forum
    -1001234~17     the chain of replies that began with message 17; comments under a channel's post are one
    7@AbC           chat 7 of the business account that is connected as AbC

A message's name is its chat, its number, and the business connection: `-1001234:17`. The same number stands in every
chat.
"""

import re
from dataclasses import dataclass
from typing import Self

from telegram import Message

from bot import errors

_CONVERSATION = re.compile(r"(-?\d{1,16})(?::(\d{1,12})|~(\d{1,12}))?(?:@(.{1,200}))?", re.ASCII)
_MESSAGE = re.compile(r"(-?\d{1,16}):(\d{1,12})(?:@(.{1,200}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    chat: int
    topic: int = 0
    chain: int = 0
    business: str = ""

    @classmethod
    def of(cls, message: Message) -> Self:
        """Where `message` stands. In a large group without topics, each chain of replies is a conversation."""
        chat, business = message.chat.id, message.business_connection_id or ""
        if message.is_topic_message and message.message_thread_id:
            return cls(chat, topic=message.message_thread_id, business=business)
        if message.chat.type != message.chat.SUPERGROUP:
            return cls(chat, business=business)
        answered = message.reply_to_message
        return cls(chat, chain=message.message_thread_id or (answered or message).message_id, business=business)

    @classmethod
    def parse(cls, conversation_id: str) -> Self:
        """The place that `str(place)` named. Raises Refused for anything else."""
        found = _CONVERSATION.fullmatch(conversation_id)
        if found is None:
            raise errors.Refused(f"{conversation_id!r} is not a conversation on Telegram.")
        chat, topic, chain, business = found.groups()
        return cls(int(chat), topic=int(topic or 0), chain=int(chain or 0), business=business or "")

    def __str__(self) -> str:
        within = f":{self.topic}" if self.topic else f"~{self.chain}" if self.chain else ""
        return f"{self.chat}{within}{self._suffix}"

    def message(self, number: int) -> str:
        """The name of message `number` in this place's chat."""
        return f"{self.chat}:{number}{self._suffix}"

    def number(self, external_id: str) -> int:
        """The number of a message named by `message`; 0 when it is not one of this place's chat."""
        found = _MESSAGE.fullmatch(external_id)
        if found is None or int(found[1]) != self.chat or (found[3] or "") != self.business:
            return 0
        return int(found[2])

    @property
    def _suffix(self) -> str:
        return f"@{self.business}" if self.business else ""
