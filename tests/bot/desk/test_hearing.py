"""Where a file is stays exact until it is fetched: a network's addresses are full of numbers that look like cards."""

import random
from datetime import UTC, datetime

from bot import wire
from bot.desk import hearing, masking

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
