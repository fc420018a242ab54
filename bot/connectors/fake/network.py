"""A network in memory: accounts, people, public threads and private chats. No HTTP here; `server` puts it on the wire."""

import hashlib
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from bot import errors
from bot.clock import Clock, now
from bot.connectors.fake.faults import Faults
from bot.connectors.fake.ledger import Ledger, Received, What
from bot.connectors.fake.payloads import (
    FILE_LIMITS,
    MOST_FILES,
    PRIVATE_LIMIT,
    PUBLIC_LIMIT,
    Doing,
    Enclosed,
    File,
    Kind,
    Post,
    Sending,
    Sent,
    User,
)
from bot.connectors.fake.stream import Stream

MOST_TOGETHER = 100


@dataclass(slots=True)
class Conversation:
    """A public thread or a private chat. In a closed one the account cannot speak: it was blocked there."""

    id: str
    is_public: bool
    is_closed: bool = False
    posts: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Push:
    """Where an account's updates are pushed, and the secret that signs them."""

    url: str
    secret: str = field(repr=False)


class FakeAccount:
    """A brand's account: what is said to it, and what it says."""

    def __init__(self, network: "FakeNetwork", name: str, token: str = "", push: Push | None = None) -> None:
        self.name = name
        self.token = token
        self.push = push
        self.faults = Faults()
        self.user = User(id=f"account-{name}", name=name.title(), username=name)
        self.conversations: dict[str, Conversation] = {}
        self.posts: dict[str, Post] = {}
        self.sent: dict[str, Sent] = {}
        self.files: dict[str, tuple[Enclosed, ...]] = {}
        self.hidden: set[str] = set()
        self.liked: set[str] = set()
        self._network = network
        self._stream = Stream(name, network.ledger)
        self._lately: deque[float] = deque()

    def open(self, thread: str, *, is_public: bool = False) -> Conversation:
        """The conversation of this name; a new one when there is none."""
        return self.conversations.setdefault(thread, Conversation(thread, is_public))

    async def say(
        self,
        author: User,
        text: str,
        *,
        thread: str = "",
        is_public: bool = False,
        reply_to: str = "",
        files: Sequence[File] = (),
        at: datetime | None = None,
        summons: bool = True,
    ) -> Post:
        """Somebody writes: to the thread that is named, else in his own private chat with the account."""
        conversation = self.open(thread or f"chat-{author.id}", is_public=is_public)
        post = self._post(conversation, author, text, reply_to=reply_to, files=tuple(files), at=at)
        post = self.posts[post.id] = msgspec.structs.replace(post, summons=summons)
        await self._emit("said", post)
        return post

    async def edit(self, post: str, text: str) -> Post:
        """Somebody changes what he wrote."""
        before = self._find(post)
        after = msgspec.structs.replace(before, text=text, version=before.version + 1)
        self.posts[post] = after
        await self._emit("edited", after)
        return after

    async def delete(self, post: str) -> None:
        """Somebody takes back what he wrote."""
        gone = self._find(post)
        del self.posts[post]
        await self._emit("deleted", msgspec.structs.replace(gone, text="", version=gone.version + 1, files=()))

    async def babble(self) -> None:
        """Emit one thing that nobody can read."""
        await self._stream.babble()

    async def updates(self, after: int, *, most: int = MOST_TOGETHER, wait: float = 0) -> tuple[list[bytes], int]:
        """The updates after number `after`, and the number to go on from. Waits up to `wait` seconds for the first."""
        found = await self._stream.since(after, min(most, MOST_TOGETHER), wait)
        if self.faults.disorder:
            self._network.shuffle(found)
        return found, after + len(found)

    def take(self, asked: Sending, key: str, at_second: float) -> Sent:
        """The account speaks. The same key again is the same words, and changes nothing. `files` keeps what came with them.

        Raises Refused for a conversation, a length or files that cannot be, TryLater beyond `most_per_second`.
        """
        if key and key in self.sent:
            self._network.ledger.add(self.name, What.ASKED_AGAIN, key=key, post=self.sent[key].id, thread=asked.thread)
            return self.sent[key]
        named = self.conversations.get(asked.thread)
        if named is None:
            raise errors.Refused("There is no such conversation.")
        conversation = self._chat(asked.reply_to) if asked.private and named.is_public else named
        if conversation.is_closed:
            raise errors.Refused("You have been blocked here.")
        _check(asked, PUBLIC_LIMIT if conversation.is_public else PRIVATE_LIMIT)
        self._slow_down(at_second)
        post = self._post(conversation, self.user, asked.text, reply_to=asked.reply_to)
        sent = Sent(post.id, post.at, post.link, "" if conversation is named else conversation.id)
        self.sent[key or post.id] = sent
        self.files[post.id] = asked.files
        told = {"post": post.id, "thread": post.thread, "key": key, "text": post.text}
        self._network.ledger.add(self.name, What.TAKEN, **told, files=tuple(_received(file) for file in asked.files))
        return sent

    async def do(self, asked: Doing) -> None:
        """The account does something with a post. Raises NotFound, Refused where it is not the account's to do."""
        post = self._find(asked.post)
        if asked.act in {"edit", "delete"} and post.author.id != self.user.id:
            raise errors.Refused("This is not yours to change.")
        marked = self.hidden if asked.act.endswith("hide") else self.liked
        match asked.act:
            case "hide" | "like":
                marked.add(post.id)
            case "unhide" | "unlike":
                marked.discard(post.id)
            case "edit":
                await self.edit(post.id, asked.text)
            case "delete":
                await self.delete(post.id)
        self._network.ledger.add(
            self.name, What.DONE, kind=asked.act, post=post.id, thread=post.thread, text=asked.text
        )

    def _chat(self, reply_to: str) -> Conversation:
        """The private chat with whoever wrote this."""
        if reply_to not in self.posts:
            raise errors.Refused("There is nobody to write to.")
        return self.open(f"chat-{self.posts[reply_to].author.id}")

    def _slow_down(self, at_second: float) -> None:
        while self._lately and self._lately[0] <= at_second - 1:
            self._lately.popleft()
        if self.faults.most_per_second and len(self._lately) >= self.faults.most_per_second:
            raise errors.TryLater(after=timedelta(seconds=self._lately[0] + 1 - at_second))
        self._lately.append(at_second)

    def _find(self, post: str) -> Post:
        if post not in self.posts:
            raise errors.NotFound("There is no such post.")
        return self.posts[post]

    def _post(
        self,
        conversation: Conversation,
        author: User,
        text: str,
        *,
        reply_to: str = "",
        files: tuple[File, ...] = (),
        at: datetime | None = None,
    ) -> Post:
        name = self._network.next_post()
        post = Post(
            id=name,
            thread=conversation.id,
            author=author,
            at=at or self._network.clock(),
            text=text,
            public=conversation.is_public,
            reply_to=reply_to,
            link=f"https://fake.example/{self.name}/{conversation.id}/{name}" if conversation.is_public else "",
            files=files,
        )
        self.posts[name] = post
        conversation.posts.append(name)
        return post

    async def _emit(self, kind: Kind, post: Post) -> None:
        await self._stream.tell(kind, post, 1 + self.faults.duplicates)


def _check(asked: Sending, limit: int) -> None:
    """Raises Refused for words or files that are not taken here."""
    if len(asked.text) > limit:
        raise errors.Refused("The text is too long.")
    is_welcome = all(len(file.body) <= FILE_LIMITS.get(file.kind, -1) for file in asked.files)
    if len(asked.files) > MOST_FILES or not is_welcome or not (asked.text or asked.files):
        raise errors.Refused("There is nothing to be said, or a file that is not taken here.")


def _received(file: Enclosed) -> Received:
    return Received(file.name, file.kind, len(file.body), hashlib.sha256(file.body).hexdigest(), file.alt)


class FakeNetwork:
    """All accounts, and the ledger of all that happened. `seed` decides how disorder shuffles."""

    def __init__(self, clock: Clock = now, seed: int = 0) -> None:
        self.clock = clock
        self.ledger = Ledger(clock)
        self.accounts: dict[str, FakeAccount] = {}
        self._chance = random.Random(seed)  # noqa: S311  nothing is secret here
        self._posts = 0

    def account(self, name: str, token: str = "", push: Push | None = None) -> FakeAccount:
        """Open an account. Raises Conflict when there is one of this name."""
        if name in self.accounts:
            raise errors.Conflict(f"There is an account {name} already.")
        self.accounts[name] = FakeAccount(self, name, token, push)
        return self.accounts[name]

    def next_post(self) -> str:
        self._posts += 1
        return f"m{self._posts}"

    def shuffle(self, updates: list[bytes]) -> None:
        self._chance.shuffle(updates)
