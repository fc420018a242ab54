"""A bank whose bot has been taught a few things, and the runner that lets it speak."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.autoreply.understanding.values import Danger, Decision, Guess, Understanding, Urgency
from bot.clock import HeldClock
from bot.desk import intents
from bot.desk.replying import Measure
from bot.model.event import SYSTEM
from bot.runners import understanding
from bot.runners.working import Working
from bot.store import canned_replies, channels, conversations, engagements, tickets, understandings
from bot.store.conversations import MessageItem, NoteItem
from bot.store.database import Database
from bot.store.engagements import DecisionRow
from bot.store.rows import TicketRow
from bot.store.transaction import Transaction
from tests.world import Bank

HOURS = "Où trouver les horaires de mon agence ?"
HOURS_FR, HOURS_EN = "Les horaires sont sur la page de votre agence.", "Opening hours are on your branch’s page."
MISSING = "Mon virement n’est pas arrivé."
FEES = "Pourquoi ces frais ?"
THANKS = "Merci beaucoup"


@dataclass
class Mind:
    """Understands what it was told, and nothing else. `fails` is what it chokes on."""

    means: dict[str, Understanding] = field(default_factory=dict)
    fails: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def understand(self, texts: Sequence[str], hints: Sequence[str] = ()) -> list[Understanding]:
        self.asked += texts
        if bad := self.fails.intersection(texts):
            raise RuntimeError(f"cannot read {len(bad)}")
        return [self.means.get(text, means()) for text in texts]


def means(
    intent: str = "", probability: float = 0.99, decision: Decision | None = None, *, language: str = "fr",
    dangers: tuple[Danger, ...] = (), mood: str = "neutral", others: Sequence[tuple[str, float]] = (),
) -> Understanding:  # fmt: skip
    """What a message means, certain when it is an intent."""
    ranked = (Guess(intent, probability), *(Guess(*one) for one in others)) if intent else ()
    said = decision or (Decision.ANSWER if intent else Decision.HAND_OVER)
    return Understanding(
        language, intent, probability if intent else 0.0, said, mood, 0.8, Urgency.NORMAL, dangers, "test-1", ranked
    )


def teach(tx: Transaction) -> None:
    """Four intents: one that is answered everywhere, one after a question, one that is suggested, one that goes to a person."""

    def reply(shortcut: str, fr: str, en: str = "", *, is_safe: bool = False) -> int:
        return canned_replies.save(
            tx, shortcut=shortcut, title=shortcut, text_fr=fr, text_en=en, is_safe_in_public=is_safe
        )

    def keep(name: str, title: str, **more: Any) -> None:
        intents.save(tx, None, intents.Draft(name, title, title, **more), by=SYSTEM)

    keep(
        "hours", "Horaires", policy="answer", canned_reply_id=reply("horaires", HOURS_FR, HOURS_EN, is_safe=True),
        examples={"fr": ("Vos horaires ?",), "en": ("Your opening hours?",)},
    )  # fmt: skip
    keep(
        "missing", "Virement", policy="answer", canned_reply_id=reply("virement", "Un virement met deux jours."),
        question_fr="De quand date-t-il ?", awaits="date",
    )  # fmt: skip
    keep("fees", "Frais", policy="suggest", canned_reply_id=reply("frais", "Les frais sont dans la brochure."))
    keep("complaint", "Réclamation", policy="hand_over")


def plain(text: str) -> str:
    """With blanks for the no-break ones of French."""
    return text.replace("\u00a0", " ")


@dataclass
class Teller:
    """The bank, its bot, and what came of both. Times stand still but for `clock`."""

    database: Database
    bank: Bank
    clock: HeldClock
    mind: Mind
    measure: Measure | None = None

    def runner(self, holder: str = "one", mind: Mind | None = None) -> understanding.Understanding:
        return understanding.Understanding(self.database, holder, lambda _: None, lambda _: mind or self.mind)

    async def hears(self, text: str, **more: Any) -> int:
        """A contact writes; the ticket. The clock moves on a little, so that messages have an order."""
        self.clock.advance(timedelta(seconds=1))
        more.setdefault("at", self.clock())
        return await self.database.write(lambda tx: self.bank.hear(tx, text, **more))

    async def thinks(self, runner: understanding.Understanding | None = None) -> None:
        """The bot understands all that is there, and does what follows."""
        one = runner or self.runner()
        async with asyncio.timeout(30):
            while (await self.database.read(lambda tx: understandings.unread(tx, 1))).until is not None:
                await one.turn()

    async def works(self) -> None:
        """What is due is done."""
        async with asyncio.timeout(30):
            while await Working(self.database)._handful():
                pass

    async def asked(self, text: str, **more: Any) -> int:
        """A contact writes, and the bot does what it does about it; the ticket."""
        ticket_id = await self.hears(text, **more)
        await self.works()
        await self.thinks()
        await self.works()
        return ticket_id

    async def said(self, ticket_id: int) -> list[str]:
        """What we have said in a ticket, to be sent or sent, in order; blanks are plain ones."""
        said = [one for one in await self.items(ticket_id) if isinstance(one, MessageItem) and one.direction == "out"]
        return [plain(item.text) for item in said]

    async def notes(self, ticket_id: int) -> list[str]:
        return [plain(item.text) for item in await self.items(ticket_id) if isinstance(item, NoteItem)]

    async def items(self, ticket_id: int) -> tuple[conversations.Item, ...]:
        return (await self.database.read(lambda tx: conversations.thread(tx, ticket_id))).items

    async def ticket(self, ticket_id: int) -> TicketRow:
        return await self.database.read(lambda tx: tickets.find(tx, ticket_id))

    async def decided(self, ticket_id: int) -> list[DecisionRow]:
        return await self.database.read(lambda tx: engagements.decisions(tx, ticket_id))

    async def courses(self, ticket_id: int) -> list[tuple[str, str]]:
        """What was decided about each message, and why."""
        return [(one.course, one.reason) for one in await self.decided(ticket_id)]

    async def do(self, verb: Callable[[Transaction], Any]) -> Any:
        return await self.database.write(verb)


async def opened(clock: HeldClock, bank: Bank, database: Database) -> Teller:
    """The bot is on at Telegram and X, and off at Mastodon."""

    def begin(tx: Transaction) -> None:
        teach(tx)
        for channel_id in (bank.telegram, bank.x):
            channels.change(tx, channel_id, has_bot=True)

    await database.write(begin)
    known = {HOURS: means("hours"), MISSING: means("missing"), FEES: means("fees"), "Réclamation !": means("complaint")}
    return Teller(database, bank, clock, Mind(known))
