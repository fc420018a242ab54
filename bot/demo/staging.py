"""Putting the demo's people, channels and canned replies on an empty desk, all marked as demo; and what was said before."""

import random
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bot import wire
from bot.demo.cast import Cast, Story
from bot.desk import hearing, ingest, staffing, starting
from bot.desk.hearing import Rules
from bot.desk.staffing import Post
from bot.model.event import SYSTEM
from bot.store import agents, canned_replies, channels, teams
from bot.store.transaction import Transaction

PAST = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Told:
    """One conversation of the past: who, where, and how many of the story's lines have been said."""

    story: Story
    channel: str
    thread: str
    person: wire.Person
    chorus: tuple[wire.Person, ...]
    lines: int
    answers: int


def set_the_stage(tx: Transaction, cast: Cast, network_url: str, password_hash: str) -> None:
    """Teams, agents, canned replies, intents and channels. Everybody's password is the one of this start."""
    team_ids = {team.name: teams.add(tx, name=team.name, branch=team.branch, is_demo=True) for team in cast.team}
    for agent in cast.agent:
        post = Post(
            agent.email, agent.name, agent.role, tuple(agent.languages.split(",")), team_ids=(team_ids[agent.team],)
        )
        id_ = staffing.hire(tx, post, by=SYSTEM, locale=agent.locale, password_hash=password_hash, is_demo=True)
        agents.seen(tx, id_)
    _open_channels(tx, cast, network_url, team_ids)
    for canned in cast.canned:
        canned_replies.save(
            tx,
            shortcut=canned.shortcut,
            title=canned.title,
            text_fr=canned.text_fr,
            text_en=canned.text_en,
            is_safe_in_public=canned.is_safe_in_public,
            is_demo=True,
        )
    starting.take(tx, by=SYSTEM)


def _open_channels(tx: Transaction, cast: Cast, network_url: str, team_ids: Mapping[str, int]) -> None:
    for channel in cast.channel:
        channels.save(
            tx,
            name=channel.name,
            title=channel.title,
            network="fake",
            base_url=network_url,
            options=channel.options,
            branch=channel.branch,
            team_id=team_ids[channel.team],
            language=channel.language,
            has_bot=True,
            is_demo=True,
        )


def past(cast: Cast, chance: random.Random, count: int) -> list[Told]:
    """Conversations of the last hours, most of them answered."""
    told = []
    stories = in_turn(cast.story, chance)
    for number in range(count):
        story = next(stories)
        lines = chance.randint(1, len(story.lines))
        person = someone(cast, story, chance)
        chorus = tuple(someone(cast, story, chance) for _ in story.chorus)
        answers = max(0, lines - chance.choice((0, 0, 1)))
        told.append(Told(story, chance.choice(story.channels), f"past-{number}", person, chorus, lines, answers))
    return told


def in_turn(stories: Sequence[Story], chance: random.Random) -> Iterator[Story]:
    """Stories without end, in no order; none comes again before all have come."""
    while True:
        yield from chance.sample(stories, len(stories))


def someone(cast: Cast, story: Story, chance: random.Random) -> wire.Person:
    name = chance.choice(cast.people[story.language])
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    username = plain.replace(" ", ".").replace("'", "")
    return wire.Person(f"u-{username}", name, username)


def remember(tx: Transaction, cast: Cast, told: Sequence[Told], chance: random.Random) -> None:
    """Take the past in, as from an archive."""
    heard = []
    are_public = {channel.name: channel.is_public for channel in cast.channel}
    rows = {row.name: row.id for row in channels.all(tx)}
    for one in told:
        said = _said(cast, one, tx.now, chance, is_public=are_public[one.channel])
        heard += [hearing.prepare(rows[one.channel], message) for message in said]
    ingest.take(tx, heard, Rules(is_archive=True))


def _said(cast: Cast, one: Told, now: datetime, chance: random.Random, *, is_public: bool) -> list[wire.InboundMessage]:
    at = now - PAST * chance.uniform(0.02, 1.0)
    brand = wire.Person("brand", "Banque Rive")
    said: list[wire.InboundMessage] = []
    for number in range(one.lines):
        at = min(at + timedelta(minutes=chance.uniform(0.5, 12)), now - timedelta(seconds=30))
        said.append(_message(one, f"{number}c", one.person, at, one.story.lines[number], is_public=is_public))
        if name := one.story.file(number):
            said[-1] = msgspec.structs.replace(
                said[-1], attachments=(wire.Attachment(f"{one.thread}-{name}", kind(name), name),)
            )
        if number == 0:
            said += _afterthoughts(one, said[0], chance)
        if number < one.answers:
            at = min(at + timedelta(minutes=chance.uniform(1, 25)), now - timedelta(seconds=20))
            answer = cast.answers[one.story.language][number % len(cast.answers[one.story.language])]
            said.append(_message(one, f"{number}b", brand, at, answer, is_public=is_public, is_own=True))
    return said


def _afterthoughts(one: Told, first: wire.InboundMessage, chance: random.Random) -> list[wire.InboundMessage]:
    """What became of the first line: strangers joined in, or its author thought again."""
    said = [
        msgspec.structs.replace(
            first, external_id=f"{one.thread}-s{number}", author=stranger, text=line, attachments=()
        )
        for number, (line, stranger) in enumerate(zip(one.story.chorus, one.chorus, strict=True))
    ]
    if one.story.is_taken_back:
        said.append(msgspec.structs.replace(first, act=wire.Act.DELETED, text=""))
    elif one.story.edited and chance.random() < 0.5:
        said.append(msgspec.structs.replace(first, act=wire.Act.EDITED, text=one.story.edited, version="1"))
    return said


def kind(name: str) -> str:
    """What a file is, by its name."""
    return "image" if name.endswith(".jpg") else "file"


def _message(
    one: Told, part: str, author: wire.Person, at: datetime, text: str, *, is_public: bool, is_own: bool = False
) -> wire.InboundMessage:
    return wire.InboundMessage(f"{one.thread}-{part}", one.thread, author, at, text, is_public=is_public, is_own=is_own)
