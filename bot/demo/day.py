"""The customers: they come, say their line, wait for an answer, and say the next. Some think again, some join in."""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

from bot import wire
from bot.connectors.fake.ledger import What
from bot.connectors.fake.network import FakeAccount, FakeNetwork
from bot.connectors.fake.payloads import File, User
from bot.demo import staging
from bot.demo.cast import Cast, Story
from bot.demo.staging import Told

# At --speed 1: somebody comes about every eight seconds, and reads an answer for about ten before he writes again.
COMES_EVERY = timedelta(seconds=8)
READS_FOR = timedelta(seconds=10)
LOOKS_EVERY = timedelta(seconds=0.5)


@dataclass(slots=True)
class Customer:
    """Somebody in the middle of his story."""

    story: Story
    user: User
    next: int
    last_post: str = ""


class Day:
    """The stream of a bank's day on the fake network. The same seed gives the same people and stories."""

    def __init__(self, network: FakeNetwork, cast: Cast, *, speed: float, seed: int) -> None:
        self._network = network
        self._cast = cast
        self._speed = speed
        # Two dice, so that who comes does not hang on who has been answered.
        self._chance = random.Random(seed)  # noqa: S311  nothing is secret here
        self._stories = staging.in_turn(cast.story, self._chance)
        self._pace = random.Random(seed)  # noqa: S311  nothing is secret here
        self._customers: dict[tuple[str, str], Customer] = {}
        self._threads = 0
        self._read = 0

    def join(self, told: list[Told]) -> None:
        """People of the past can be answered, too."""
        public = {channel.name: channel.is_public for channel in self._cast.channel}
        for one in told:
            self._account(one.channel).open(one.thread, is_public=public[one.channel])
            self._customers[one.channel, one.thread] = Customer(one.story, _user(one.person), one.lines)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._come(tasks))
            tasks.create_task(self._listen(tasks))

    async def _come(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            await self._arrive(tasks)
            await asyncio.sleep(self._chance.expovariate(1 / COMES_EVERY.total_seconds()) / self._speed)

    async def _arrive(self, tasks: asyncio.TaskGroup) -> None:
        story = next(self._stories)
        channel = self._chance.choice(story.channels)
        person, *strangers = (staging.someone(self._cast, story, self._chance) for _ in range(1 + len(story.chorus)))
        self._threads += 1
        thread = f"day-{self._threads}"
        is_public = next(one.is_public for one in self._cast.channel if one.name == channel)
        self._account(channel).open(thread, is_public=is_public)
        customer = Customer(story, _user(person), 0)
        self._customers[channel, thread] = customer
        await self._speak(channel, thread, customer)
        if story.edited or story.is_taken_back:
            tasks.create_task(self._think_again(channel, customer.last_post, story))
        for stranger, line in zip(strangers, story.chorus, strict=True):
            tasks.create_task(self._join_in(channel, thread, _user(stranger), line))

    async def _speak(self, channel: str, thread: str, customer: Customer) -> None:
        line, name = customer.story.lines[customer.next], customer.story.file(customer.next)
        files = (File(f"{thread}-{name}", staging.kind(name), name),) if name else ()
        post = await self._account(channel).say(customer.user, line, thread=thread, files=files)
        customer.next += 1
        customer.last_post = post.id

    async def _think_again(self, channel: str, post: str, story: Story) -> None:
        await self._pause()
        if story.is_taken_back:
            await self._account(channel).delete(post)
        else:
            await self._account(channel).edit(post, story.edited)

    async def _join_in(self, channel: str, thread: str, stranger: User, line: str) -> None:
        await self._pause()
        await self._account(channel).say(stranger, line, thread=thread)

    async def _pause(self) -> None:
        await asyncio.sleep(READS_FOR.total_seconds() * self._pace.uniform(0.5, 2) / self._speed)

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        """Whoever is answered goes on with his story after a while."""
        while True:
            for entry in self._network.ledger.entries(What.TAKEN, after=self._read):
                self._read = entry.number
                customer = self._customers.get((entry.account, entry.thread))
                if customer and customer.next < len(customer.story.lines):
                    tasks.create_task(self._go_on(entry.account, entry.thread, customer))
            await asyncio.sleep(LOOKS_EVERY.total_seconds())

    async def _go_on(self, channel: str, thread: str, customer: Customer) -> None:
        await self._pause()
        if customer.next < len(customer.story.lines):
            await self._speak(channel, thread, customer)

    def _account(self, name: str) -> FakeAccount:
        return self._network.accounts[name]


def _user(person: wire.Person) -> User:
    return User(person.external_id, person.name, person.username)
