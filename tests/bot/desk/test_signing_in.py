"""Coming in and going out, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from bot.clock import HeldClock
from bot.desk import guessing, passwords, signing_in, staffing
from bot.desk.signing_in import Limits, Opened, Visit
from bot.desk.staffing import Post
from bot.errors import Conflict, NotAllowed, NotFound, TryLater
from bot.model.event import SYSTEM, Actor, ActorKind
from bot.store import agents, attempts, events, sessions
from bot.store.database import Database
from bot.store.transaction import Transaction

PASSWORD = "tournevis grenat 8231"
HASH = passwords.hashed(PASSWORD)
HERE = Visit("192.0.2.7", "Firefox · Linux", "r1")


async def hired(database: Database, email: str = "nadia@bank.example", role: str = "agent") -> int:
    post = Post(email=email, name=email.partition("@")[0].title(), role=role)
    return await database.write(lambda tx: staffing.hire(tx, post, by=SYSTEM, password_hash=HASH))


async def signed_in(database: Database, agent_id: int, old_secret: str = "") -> Opened:
    return await database.write(
        lambda tx: signing_in.admit(tx, agent_id, HERE, Limits(), tries=[], old_secret=old_secret)
    )


async def known(database: Database, opened: Opened) -> sessions.Known | None:
    return await database.read(lambda tx: sessions.known(tx, signing_in.digest(opened.secret)))


async def kinds(database: Database) -> list[str]:
    return [event.kind for event in await database.read(lambda tx: events.after(tx, events.Position()))]


async def test_an_admitted_agent_is_known_by_the_secret_alone(database: Database) -> None:
    """The session is found by the secret's hash, belongs to the agent, and the database holds no secret."""
    id_ = await hired(database)
    opened = await signed_in(database, id_)
    found = await known(database, opened)
    assert found is not None
    assert (found.agent_id, found.email) == (id_, "nadia@bank.example")
    dump = await database.read(lambda tx: tx.connection.exec_driver_sql("SELECT * FROM session").all())
    assert opened.secret not in repr(dump)
    assert "session.opened" in await kinds(database)


async def test_each_sign_in_has_a_new_secret_and_the_old_one_dies(database: Database) -> None:
    """A browser that signs in again gets another session; what it had before no longer opens anything."""
    id_ = await hired(database)
    first = await signed_in(database, id_)
    second = await signed_in(database, id_, old_secret=first.secret)
    assert first.secret != second.secret
    assert await known(database, first) is None
    assert await known(database, second) is not None


async def test_proving_the_password_again_changes_the_secret(database: Database) -> None:
    """After the step-up the session goes on under a new secret; the old one is dead."""
    opened = await signed_in(database, await hired(database))
    again = await database.write(lambda tx: signing_in.prove(tx, opened.session_id, HERE, Limits()))
    assert await known(database, opened) is None
    assert await known(database, again) is not None


@pytest.mark.parametrize(("later", "is_over"), [(29, False), (30, True)])
async def test_a_session_unused_for_half_an_hour_is_over(
    database: Database, clock: HeldClock, later: int, is_over: bool
) -> None:
    """Idle time is counted from the last use, to the minute."""
    opened = await signed_in(database, await hired(database))
    found = await known(database, opened)
    assert found is not None
    assert signing_in.is_over(found, clock() + timedelta(minutes=later), Limits()) is is_over


async def test_nobody_stays_longer_than_twelve_hours(database: Database, clock: HeldClock) -> None:
    """Use prolongs a session only up to its absolute end."""
    opened = await signed_in(database, await hired(database))
    for _ in range(48):
        clock.advance(timedelta(minutes=15))
        await database.write(lambda tx: sessions.touch(tx, opened.session_id))
    found = await known(database, opened)
    assert found is not None
    assert signing_in.is_over(found, clock(), Limits())
    assert (
        await database.read(
            lambda tx: sessions.living(tx, [opened.session_id], unused_since=clock() - timedelta(hours=1))
        )
        == set()
    )


async def test_a_disabled_agent_is_out_at_once_and_cannot_come_back(database: Database) -> None:
    """Disabling ends the sessions in the same transaction, kills links, and refuses a new sign-in."""
    await hired(database, "admin@bank.example", "admin")
    id_ = await hired(database)
    opened = await signed_in(database, id_)
    link = await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    await database.write(lambda tx: staffing.disable(tx, id_, by=SYSTEM))
    assert await known(database, opened) is None
    with pytest.raises(NotFound):
        await database.read(lambda tx: signing_in.invited(tx, link))
    with pytest.raises(NotAllowed):
        await signed_in(database, id_)
    with pytest.raises(Conflict):
        await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    assert (await kinds(database))[-2:] == ["agent.disabled", "session.ended"]


async def test_a_new_password_ends_every_session(database: Database) -> None:
    """Whoever knew the old password is out, on every device."""
    id_ = await hired(database)
    both = [await signed_in(database, id_), await signed_in(database, id_)]
    await database.write(lambda tx: signing_in.change_password(tx, id_, "other", by=Actor(ActorKind.AGENT, id_)))
    assert [await known(database, one) for one in both] == [None, None]


async def test_a_link_works_once_and_not_for_ever(database: Database, clock: HeldClock) -> None:
    """An invitation lets its agent choose a password once; a second use, an older link and a late one find nothing."""
    post = Post(email="leo@bank.example", name="Léo")
    id_ = await database.write(lambda tx: staffing.hire(tx, post, by=SYSTEM))
    old = await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    link = await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    assert await database.write(lambda tx: signing_in.accept(tx, link, HASH)) == id_
    for dead in (link, old, "", "nonsense"):
        with pytest.raises(NotFound):
            await database.write(lambda tx, dead=dead: signing_in.accept(tx, dead, HASH))
    late = await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    clock.advance(timedelta(minutes=61))
    with pytest.raises(NotFound):
        await database.read(lambda tx: signing_in.invited(tx, late))


async def test_of_two_who_use_a_link_at_once_one_is_too_late(database_url: str, clock: HeldClock) -> None:
    """Two processes accept the same link at the same moment, many times: exactly one password is chosen."""
    here, there = Database(database_url, now=clock), Database(database_url, now=clock)
    await here.open()
    await there.open()
    for turn in range(8):
        post = Post(email=f"leo{turn}@bank.example", name="Léo")
        id_ = await here.write(lambda tx, post=post: staffing.hire(tx, post, by=SYSTEM))
        link = await here.write(lambda tx, id_=id_: signing_in.invite(tx, id_, by=SYSTEM))
        won = await asyncio.gather(
            here.write(lambda tx, link=link: signing_in.accept(tx, link, "first")),
            there.write(lambda tx, link=link: signing_in.accept(tx, link, "second")),
            return_exceptions=True,
        )
        assert sorted(type(one) for one in won if one != id_) == [NotFound]
    await here.close()
    await there.close()


async def test_the_set_up_secret_makes_one_admin_and_dies(database: Database) -> None:
    """The last printed secret opens the set-up; afterwards neither it nor a new one does."""
    first = await database.write(signing_in.offer_set_up)
    secret = await database.write(signing_in.offer_set_up)
    assert first
    assert secret
    with pytest.raises(NotFound):
        await database.read(lambda tx: signing_in.may_set_up(tx, first))
    id_ = await database.write(
        lambda tx: signing_in.set_up(tx, secret, name="Ada", email="Ada@bank.example", password_hash=HASH, locale="en")
    )
    made = await database.read(lambda tx: agents.find(tx, id_))
    assert (made.role, made.email) == ("admin", "ada@bank.example")
    assert await database.write(signing_in.offer_set_up) is None
    with pytest.raises(NotFound):
        await database.read(lambda tx: signing_in.may_set_up(tx, secret))


async def test_ten_thousand_guesses_from_a_hundred_addresses_try_fewer_than_fifty(
    database: Database, clock: HeldClock
) -> None:
    """Five hours of guessing at one account, every two seconds from another address, look at fewer than fifty passwords."""
    await hired(database)

    def guessed(tx: Transaction) -> int:
        tried = 0
        for guess in range(10_000):
            tx.now = clock() + guess * timedelta(seconds=2)
            try:
                guessing.take(tx, "nadia@bank.example", f"198.51.100.{guess % 100}")
            except TryLater:
                continue
            tried += 1
        return tried

    assert 5 <= await database.write(guessed) < 50


async def test_an_unknown_account_waits_like_a_known_one(database: Database) -> None:
    """The sixth try within a moment is refused with the same sentence and the same wait, whether the account exists or not."""
    await hired(database)
    told = []
    for email in ("nadia@bank.example", "nobody@bank.example"):
        for _ in range(guessing.FREE_PER_ACCOUNT):
            await database.write(lambda tx, email=email: guessing.take(tx, email, HERE.address))
        with pytest.raises(TryLater) as refused:
            await database.write(lambda tx, email=email: guessing.take(tx, email, HERE.address))
        told.append((refused.value.message, refused.value.after))
    assert told[0] == told[1]


async def test_spraying_many_accounts_from_one_address_is_slowed(database: Database) -> None:
    """One wrong try at each of many accounts adds up against the address."""
    for number in range(guessing.FREE_PER_ADDRESS):
        await database.write(lambda tx, n=number: guessing.take(tx, f"a{n}@bank.example", HERE.address))
    with pytest.raises(TryLater):
        await database.write(lambda tx: guessing.take(tx, "one-more@bank.example", HERE.address))
    assert await database.write(lambda tx: guessing.take(tx, "one-more@bank.example", "203.0.113.1"))


async def test_the_right_password_clears_the_account(database: Database, clock: HeldClock) -> None:
    """After a success, earlier slips no longer slow the agent."""
    id_ = await hired(database)
    for _ in range(4):
        await database.write(lambda tx: guessing.take(tx, "nadia@bank.example", HERE.address))
    tries = await database.write(lambda tx: guessing.take(tx, "nadia@bank.example", HERE.address))
    await database.write(lambda tx: signing_in.admit(tx, id_, HERE, Limits(), tries=tries))
    left = await database.read(lambda tx: attempts.since(tx, "account:nadia@bank.example", clock() - timedelta(days=1)))
    assert left.count == 0


async def test_what_is_over_is_forgotten(database: Database, clock: HeldClock) -> None:
    """Housekeeping takes out ended sessions, dead links and old tries, and nothing that still counts."""
    id_ = await hired(database)
    await signed_in(database, id_)
    await database.write(lambda tx: signing_in.invite(tx, id_, by=SYSTEM))
    await database.write(lambda tx: guessing.take(tx, "nadia@bank.example", HERE.address))
    assert await database.write(signing_in.forget_old) == 0
    clock.advance(timedelta(hours=25))
    other = await hired(database, "leo@bank.example")
    fresh = await signed_in(database, other)
    assert await database.write(signing_in.forget_old) == 4
    assert await known(database, fresh) is not None
