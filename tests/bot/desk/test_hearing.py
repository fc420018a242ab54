"""What is heard can be kept: masked, writable, and where a file is stays exact until it is fetched."""

import random
from datetime import UTC, datetime

import pytest

from bot import wire
from bot.desk import hearing, ingest, masking
from bot.store.database import Database
from tests.world import open_bank

CARD = "4970100000000014"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def cdn(chance: random.Random) -> str:
    """An address as Facebook's and Instagram's networks of servers give them."""
    numbers = [chance.randrange(10**length) for length in (9, 15, 16, 19)]
    node, stamp = chance.randrange(1, 9), "".join(chance.choices("ABCDEF0123456789", k=8))
    sign = "".join(chance.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", k=30))
    name = f"{numbers[0]}_{chance.choice(numbers[1:3]):015}_{numbers[3]:019}_n.jpg"
    return (
        f"https://scontent-cdg4-{node}.xx.fbcdn.net/v/t1.15752-9/{name}?_nc_cat={chance.randrange(100, 112)}&ccb=1-7"
        f"&_nc_sid=9f807c&_nc_ohc={sign[:12]}&_nc_ad=z-m&_nc_cid=0&_nc_ht=scontent&oh=03_{sign}&oe={stamp}"
    )


def said(text: str = "", *, permalink: str = "", url: str = "", name: str = "") -> wire.InboundMessage:
    files = (wire.Attachment("f1", "image", name, url),) if url or name else ()
    return wire.InboundMessage("m1", "t", wire.Person("ann"), AT, text=text, permalink=permalink, attachments=files)


def test_where_a_file_is_stays_exact() -> None:
    """Of 10,000 addresses none is altered; and hundreds would be, were they words."""
    chance = random.Random(20_261_122)
    links = [cdn(chance) for _ in range(10_000)]
    altered = [link for link in links if hearing.prepare(1, said(url=link)).said.attachments[0].url != link]

    assert altered == []
    assert sum(masking.mask(link).text != link for link in links) > 100


def test_what_people_see_is_masked_beside_it() -> None:
    """A card in the words, in a link among the words, in the message's own address or a file's name is masked as ever."""
    link = f"https://shop.example/pay?card={CARD}"
    heard = hearing.prepare(1, said(f"voir {link}", permalink=link, url=link, name=f"carte {CARD}.pdf"))

    assert heard.text == "voir https://shop.example/pay?card=[card •••• 0014]"
    assert heard.said.permalink == "https://shop.example/pay?card=[card •••• 0014]"
    assert [(file.name, file.url) for file in heard.said.attachments] == [("carte [card •••• 0014].pdf", link)]


@pytest.mark.parametrize("odd", ["\0", "\ud83d"])
async def test_what_no_database_keeps_does_not_stop_a_message(database: Database, odd: str) -> None:
    """NUL, and half of a character, in the words, the name, the addresses and a file's name: the message is kept without."""
    person = wire.Person("ann", f"An{odd}n", f"an{odd}n", f"https://a.example/{odd}")
    file = wire.Attachment("f1", "image", f"re{odd}levé.png", f"https://a.example/{odd}.png")
    message = wire.InboundMessage(
        "m1", "t", person, AT, f"bon{odd}jour", attachments=(file,), permalink="https://a.example/1"
    )
    bank = await database.write(open_bank)

    taken = await database.write(lambda tx: ingest.take(tx, [hearing.prepare(bank.telegram, message)], hearing.Rules()))

    assert taken.added == 1
    heard = hearing.prepare(bank.telegram, message)
    assert heard.text.replace("?", "") == "bonjour"
    assert heard.said.author.name.replace("?", "") == "Ann"


def test_a_card_is_not_hidden_by_what_is_taken_out() -> None:
    """A NUL between its digits is taken out first: then they are a card's."""
    assert CARD[:8] not in hearing.prepare(1, said(f"{CARD[:8]}\0{CARD[8:]}")).text
