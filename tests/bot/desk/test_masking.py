"""Nothing that a thief could use is kept: what is masked, what is not, and what no disguise may save."""

import json
import random
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import iban, luhn

from bot.desk import cards, masking
from bot.desk.sensitive import Kind

CARD = "4242 4242 4242 4242"
IBAN = "FR76 3000 6000 0112 3456 7890 189"

MASKED = [
    ("ma carte 4242 4242 4242 4242 merci", "ma carte [card •••• 4242] merci"),
    ("4242424242424242", "[card •••• 4242]"),
    ("4242-4242-4242-4242", "[card •••• 4242]"),
    ("4242.4242.4242.4242", "[card •••• 4242]"),
    ("4242 - 4242 - 4242 - 4242", "[card •••• 4242]"),
    ("4242\u00a04242\u202f4242\u20074242", "[card •••• 4242]"),
    ("4242\n4242\n4242\n4242", "[card •••• 4242]"),
    ("42 42 42 42 42 42 42 42", "[card •••• 4242]"),
    ("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "[card •••• 4242]"),
    ("amex 3782 822463 10005.", "amex [card •••• 0005]."),
    ("mastercard 2223003122003222", "mastercard [card •••• 3222]"),
    ("tel 06 12 34 56 78, carte 5555 5555 5555 4444", "tel 06 12 34 56 78, carte [card •••• 4444]"),
    ("06 12 34 56 78 5555 5555 5555 4444", "06 12 34 56 78 [card •••• 4444]"),
    ("４２４２４２４２４２４２４２４２", "[card •••• 4242]"),
    ("٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "[card •••• 4242]"),
    ("𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 é", "[card •••• 4242] é"),
    ("ok 4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣ ok", "ok [card •••• 4242] ok"),
    ("4\u200b2\u200c4\u200d2\ufeff4\u00ad24242424242 fin", "[card •••• 4242] fin"),
    ("①2 4242 4242 4242 4242", "①2 [card •••• 4242]"),
    # Pasted together with its date and its code: which four are its last, nobody can tell.
    ("42424242424242421227123", "[card ••••]"),
    ("4242 4242 4242 4242 exp 12/27 cvv 123", "[card •••• 4242] exp [expiry ••/••] cvv [CVV •••]"),
    ("4242424242424242 12/2027 123", "[card •••• 4242] [expiry ••/••] [CVV •••]"),
    ("4242424242424242 1227 123", "[card •••• 4242] [expiry ••/••] [CVV •••]"),
    ("exp 12/27, carte 4242424242424242", "exp [expiry ••/••], carte [card •••• 4242]"),
    ("FR76 3000 6000 0112 3456 7890 189 merci", "[IBAN FR•• •••• 0189] merci"),
    ("fr7630006000011234567890189", "[IBAN FR•• •••• 0189]"),
    ("IBAN:FR76-3000-6000-0112-3456-7890-189", "IBAN:[IBAN FR•• •••• 0189]"),
    ("DE89 3704 0044 0532 0130 00, please", "[IBAN DE•• •••• 3000], please"),
    ("GB29NWBK60161331926819", "[IBAN GB•• •••• 6819]"),
    ("ＦＲ76 3000 6000 0112 3456 7890 189", "[IBAN FR•• •••• 0189]"),
    ("RIB : 30006 00001 12345678901 89", "RIB : [IBAN FR•• •••• 0189]"),
    ("20041 01005 0500013M026 06 merci", "[IBAN FR•• •••• 2606] merci"),
    ("4242424242424242 12/27 crypto 123", "[card •••• 4242] [expiry ••/••] crypto [CVV •••]"),
    ("4242424242424242, 12/27, code au dos : 123", "[card •••• 4242], [expiry ••/••], code au dos : [CVV •••]"),
    ("CVV 123", "CVV [CVV •••]"),
    ("cvc: 9876", "cvc: [CVV •••]"),
    ("mon cryptogramme visuel est le 456", "mon cryptogramme visuel est le [CVV •••]"),
    ("les 3 chiffres au dos sont 123", "les 3 chiffres au dos sont [CVV •••]"),
    ("the three digits on the back are 123", "the three digits on the back are [CVV •••]"),
    ("security code: 321", "security code: [CVV •••]"),
    ("123 is my cvv", "[CVV •••] is my cvv"),
    ("mon code est 4839", "mon code est [code ••••]"),
    ("code 483920", "code [code ••••]"),
    ("OTP: 483920", "OTP: [code ••••]"),
    ("Code :\n483920", "Code :\n[code ••••]"),
    ("code de validation 483 920", "code de validation [code ••••]"),
    ("le code reçu par SMS est 48-39-20", "le code reçu par SMS est [code ••••]"),
    ("le code que vous m’avez envoyé est 483920", "le code que vous m’avez envoyé est [code ••••]"),
    ("code secret 1234", "code secret [code ••••]"),
    ("code confidentiel de ma carte : 1234", "code confidentiel de ma carte : [code ••••]"),
    ("PIN is 9876", "PIN is [code ••••]"),
    ("my pin 9876!", "my pin [code ••••]!"),
    ("the verification code I got is 483920", "the verification code I got is [code ••••]"),
    ("483920 est votre code", "[code ••••] est votre code"),
    ("G-483920 is your Google verification code", "G-[code ••••] is your Google verification code"),
    ("ＣＯＤＥ ４８３９", "ＣＯＤＥ [code ••••]"),
    ("my password is hunter22", "my password is [code ••••]"),
    ("mdp: Azerty12", "mdp: [code ••••]"),
    # What people put between the groups does not matter.
    ("4242*4242*4242*4242", "[card •••• 4242]"),
    ("4242|4242|4242|4242", "[card •••• 4242]"),
    ("4242:4242:4242:4242", "[card •••• 4242]"),
    ("4242;4242;4242;4242", "[card •••• 4242]"),
    ("4242·4242·4242·4242", "[card •••• 4242]"),
    ("4242•4242•4242•4242", "[card •••• 4242]"),
    ("4242~4242~4242~4242", "[card •••• 4242]"),
    ("4242+4242+4242+4242", "[card •••• 4242]"),
    ("4242=4242=4242=4242", "[card •••• 4242]"),
    ("4242#4242#4242#4242", "[card •••• 4242]"),
    ("4242\\4242\\4242\\4242", "[card •••• 4242]"),
    ("4242'4242'4242'4242", "[card •••• 4242]"),
    ("4242>4242>4242>4242", "[card •••• 4242]"),
    ("4242    4242    4242    4242", "[card •••• 4242]"),
    ("4242)(4242)(4242)(4242", "[card •••• 4242]"),
    ("4242  -  4242  -  4242  -  4242", "[card •••• 4242]"),
    ("4242\r\n\r\n4242\r\n\r\n4242\r\n\r\n4242", "[card •••• 4242]"),
    ("4242_4242_4242_4242", "[card •••• 4242]"),
    ("4242/4242/4242/4242", "[card •••• 4242]"),
    ("4*2*4*2*4*2*4*2*4*2*4*2*4*2*4*2", "[card •••• 4242]"),
    ("/status/4242424242424242", "/status/[card •••• 4242]"),
    ("https://x.example a/status/4242424242424242", "https://x.example a/status/[card •••• 4242]"),
    ("FR76_3000_6000_0112_3456_7890_189", "[IBAN FR•• •••• 0189]"),
    ("FR76/3000/6000/0112/3456/7890/189", "[IBAN FR•• •••• 0189]"),
    ("FR76*3000*6000*0112*3456*7890*189", "[IBAN FR•• •••• 0189]"),
    ("FR76   3000   6000   0112   3456   7890   189", "[IBAN FR•• •••• 0189]"),
    ("30006/00001/12345678901/89", "[IBAN FR•• •••• 0189]"),
    ("cvv 1-2-3", "cvv [CVV •••]"),
    ("C.V.V. 123", "C.V.V. [CVV •••]"),
    ("le cryptogramme au dos c'est 1 2 3", "le cryptogramme au dos c'est [CVV •••]"),
    ("les trois chiffres sont 123", "les trois chiffres sont [CVV •••]"),
    ("3 chiffres derrière: 123", "3 chiffres derrière: [CVV •••]"),
    ("3 chiffres : 123", "3 chiffres : [CVV •••]"),
    ("voici: 123456 (code sms)", "voici: [code ••••] (code sms)"),
    ("123 (cvv)", "[CVV •••] (cvv)"),
]

KEPT = [
    "",
    "Bonjour, ma carte est bloquée.",
    "code postal 75011",
    "mon code postal est 75011",
    "zip code 90210",
    "error code 5012",
    "code erreur : 5012",
    "code promo 2023",
    "le code de la route 2018",
    "sort code 20-00-00",
    "sans code, 3 jours d'attente et 450 euros perdus",
    "code 5000 euros",
    "my pin was blocked 3 days ago",
    "I was told my password was reset https://t.co/8wBkT3dKj0",
    "reset my password is @desk1234",
    "CVV refusé, j'attends depuis 300 jours",
    "commande 407-1234567-1234567",
    "order number 1234567890123",
    "dossier 20261122-000123",
    "06 12 34 56 78 / 06 98 76 54 32",
    "+33 6 12 34 56 78",
    "+4915123456789",
    "le 31/10/2017 à 22:10:47",
    "2017-10-31 22:10:47.123456",
    "https://twitter.com/desk/status/4242424242424242",
    "https://example.org/p/924242424242424242421 ok",
    "iOS 11.0.1 et version 8.4.20",
    "1 234 567,89 €",
    "1000000000000000000000 fois",
    "4242 4242 4242 4241",
    "FR76 3000 6000 0112 3456 7890 188",
    "30006 00001 12345678901 88",
    "valable 12/27",
    "🤷 6️⃣ fois",
    "75011 (code postal)",
    "(5012) code erreur",
    "2018 (code de la route)",
    "les trois chiffres du bilan 2018",
    "tel : +4915123456789 / +33 6 12 34 56 78",
    "2017-10-31 22:10:47 | 2017-11-01 08:12:03",
]


@pytest.mark.parametrize(("text", "kept"), MASKED)
def test_masks(text: str, kept: str) -> None:
    """Each secret gives way to a mask that keeps at most its last four characters."""
    assert masking.mask(text).text == kept


@pytest.mark.parametrize("text", KEPT)
def test_leaves_alone(text: str) -> None:
    """Order numbers, dates, phone numbers and the like stay as they were written."""
    assert masking.mask(text) == masking.Masked(text)


def test_tells_what_it_masked_and_where() -> None:
    """The spans show where each secret stood in the text that came, and the kinds what they were."""
    text = f"Voilà : {CARD}, IBAN {IBAN}, code 4839"
    masked = masking.mask(text)

    assert [(text[span.start : span.end], span.kind) for span in masked.spans] == [
        (CARD, Kind.CARD),
        (IBAN, Kind.IBAN),
        ("4839", Kind.CODE),
    ]
    assert masked.kinds == {Kind.CARD, Kind.IBAN, Kind.CODE}
    assert masking.find(text) == masked.spans


# Pieces of what people write, in a form that is hard on masks: numbers, names of secrets, disguises, and masks themselves.
PIECES = st.sampled_from(
    [
        *(
            CARD,
            CARD.replace(" ", ""),
            IBAN,
            IBAN.replace(" ", ""),
            "FR76",
            "3782 822463 10005",
            "12/27",
            "1227",
            "123",
            "4839",
        ),
        *(
            "code",
            "PIN",
            "cvv",
            "est",
            "is",
            ":",
            "my",
            "password",
            "[card •••• 4242]",
            "[card •••• ",
            "[code ••••]",
            "]",
            "+",
        ),
        *(
            " ",
            "  ",
            "\n",
            "-",
            ".",
            "\u200b",
            "\u00a0",
            "é",
            "٤",
            "４",
            "\ufe0f\u20e3",
            "https://x.example/status/",
            "x",
            "42",
            "06",
        ),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=14).map("".join),
    st.text(st.sampled_from("0123456789 -.[]•codepinvFR:/+\u200b٤é"), max_size=80),
    st.text(max_size=60),
)


@given(TEXTS)
@example(CARD.replace(" ", "") + IBAN.replace(" ", ""))
@example("code 1234 1234 5678 is your code")
@example(f"mdp: verification4242424242424242-{IBAN}]&#52;４")
def test_masking_twice_changes_nothing(text: str) -> None:
    """What is masked stays as it is, however often it passes."""
    once = masking.mask(text)

    assert masking.mask(once.text) == masking.Masked(once.text)


@given(TEXTS)
def test_what_is_not_masked_is_untouched(text: str) -> None:
    """Between the masks stands exactly what was written."""
    masked = masking.mask(text)
    rest, done = [], 0
    for span in masked.spans:
        assert done <= span.start < span.end <= len(text)
        rest.append(text[done : span.start])
        done = span.end
    rest.append(text[done:])

    position = 0
    for piece in rest:
        found = masked.text.index(piece, position)
        position = found + len(piece)
    assert masked.text.startswith(rest[0])
    assert masked.text.endswith(rest[-1])


def issuer_lengths(digits: str) -> set[int]:
    """The lengths that cards with this beginning have, written down once more, by number and not by pattern."""
    two, three, four = int(digits[:2]), int(digits[:3]), int(digits[:4])
    lengths: set[int] = set()
    if digits[0] == "4":
        lengths |= {13, 16, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        lengths |= {16}
    if two in (34, 37):
        lengths |= {15}
    if two in (36, 38, 39) or 300 <= three <= 305:
        lengths |= {14, 16, 19}
    if 3528 <= four <= 3589 or four == 6011 or 644 <= three <= 649 or two in (62, 65, 81):
        lengths |= {16, 17, 18, 19}
    if two in (50, 56, 57, 58, 63, 67):
        lengths |= {13, 14, 15, 16, 17, 18, 19}
    return lengths


def card_numbers_in(text: str) -> list[str]:
    """Every stretch of 13 to 19 digits without a gap that an issuer could have given out."""
    places = range(len(text) - 12)
    return [
        text[start : start + length]
        for start in places
        if text[start : start + 13].isdigit() and text[start : start + 13].isascii()
        for length in issuer_lengths(text[start : start + 4])
        if len(number := text[start : start + length]) == length and number.isdigit() and luhn.is_valid(number)
    ]


@given(st.text(st.sampled_from("0123456789"), min_size=13, max_size=60), st.sampled_from(["", " ", "a", "carte ", "é"]))
def test_no_card_number_survives_in_one_piece(digits: str, around: str) -> None:
    """No 13 or more digits in a row that Luhn and an issuer's prefix accept are left, wherever they begin."""
    assert card_numbers_in(masking.mask(around + digits + around).text) == []


@given(st.data())
def test_no_card_survives_its_disguise(data: st.DataObject) -> None:
    """A card number is found in every grouping in use, in every digit of the world, behind every invisible sign."""
    prefix, length = data.draw(
        st.sampled_from(
            [
                ("4", 16),
                ("51", 16),
                ("2221", 16),
                ("34", 15),
                ("37", 15),
                ("36", 14),
                ("3528", 16),
                ("6011", 16),
                ("67", 18),
            ]
        )
    )
    digits = prefix + "".join(data.draw(st.lists(st.sampled_from("0123456789"), min_size=length, max_size=length)))
    number = digits[: length - 1]
    number += luhn.calc_check_digit(number)
    gap = data.draw(
        st.sampled_from(
            [
                "",
                " ",
                "-",
                ".",
                " - ",
                "\u00a0",
                "\u2009",
                "\u2011",
                "\n",
                "\u200b",
                "/",
                "_",
                "*",
                " | ",
                ")(",
                "\r\n\r\n",
            ]
        )
    )
    disguised = gap.join(number[start : start + 4] for start in range(0, length, 4))
    zero = data.draw(st.sampled_from("0٠०０𝟎"))
    invisible = data.draw(st.sampled_from(["", "\u200b", "\u2060", "\u00ad", "\ufe0f\u20e3"]))
    disguised = "".join(chr(ord(zero) + int(char)) + invisible if char.isdigit() else char for char in disguised)

    assert masking.mask(f"voici {disguised} merci").text in (
        f"voici [card •••• {number[-4:]}] merci",
        "voici [card ••••] merci",  # where a shorter stretch of its groups is a card number, too
    )


@given(st.text(st.sampled_from("0123456789"), min_size=13, max_size=19))
def test_our_sum_is_luhns(digits: str) -> None:
    """The quick sum of the hot path is the one of the library, for the whole and for any stretch."""
    assert cards._is_valid(digits) is luhn.is_valid(digits)
    assert cards._Sums("12" + digits + "3").is_valid(2, 2 + len(digits)) is luhn.is_valid(digits)


@given(
    st.sampled_from(["FR", "DE", "BE", "GB", "IT", "CH", "MT"]),
    st.randoms(),
    st.booleans(),
    st.sampled_from(["", " ", "-"]),
)
def test_no_iban_survives(country: str, chance: random.Random, is_lower: bool, gap: str) -> None:
    """An IBAN of any country's shape is masked in groups and without, in capitals and in small letters."""
    shapes = {
        "FR": "10n11c2n",
        "DE": "18n",
        "BE": "12n",
        "GB": "4a14n",
        "IT": "1a10n12c",
        "CH": "5n12c",
        "MT": "4a5n18c",
    }
    letters = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    count, body = "", ""
    for char in shapes[country]:
        if char.isdigit():
            count += char
        else:
            body += "".join(chance.choices(letters[char], k=int(count)))
            count = ""
    number = country + iban.calc_check_digits(f"{country}00{body}") + body
    written = gap.join(number[start : start + 4] for start in range(0, len(number), 4))

    masked = masking.mask(f"mon IBAN : {written.lower() if is_lower else written} merci")

    assert masked.text == f"mon IBAN : [IBAN {country}•• •••• {number[-4:]}] merci"


RAW = [
    (b'{"text":"4242 4242 4242 4242"}', {"text": "[card •••• 4242]"}),
    (rb'{"text":"\u0034242\u00a04242 4242 \u0034242 ok"}', {"text": "[card •••• 4242] ok"}),
    (rb'{"text":"4242\n4242\t4242\/4242"}', {"text": "[card •••• 4242]"}),
    (rb'{"text":"\ud835\udfd2242424242424242"}', {"text": "[card •••• 4242]"}),
    (b'{"card": 4242424242424242, "n": 1}', {"card": "[card •••• 4242]", "n": 1}),
    (b'{"card":-4242424242424242.5}', {"card": "[card •••• 4242]"}),
    (b'{"text":"mon code est 4839","code":190123}', {"text": "mon code est [code ••••]", "code": 190123}),
    (b'{"message_id":4242424242424242,"text":"cvv 123"}', {"message_id": 4242424242424242, "text": "cvv [CVV •••]"}),
    (
        b'{"external_id":"4242424242424242","text":"cvv 123"}',
        {"external_id": "4242424242424242", "text": "cvv [CVV •••]"},
    ),
    (b'{"id":"17841_4242424242424242","text":"PIN 1234"}', {"id": "17841_4242424242424242", "text": "PIN [code ••••]"}),
    # Not in one string: each part alone, so that the structure stays.
    (b'{"a":["4242","4242"],"":[4242,[4242]]}', {"a": ["4242", "4242"], "": [4242, [4242]]}),
    (b'[["4242","4242"],["4242",4242]]', [["[card ••••]"] * 2] * 2),
    (b'{"paid":"4242424242424242"}', {"paid": "[card •••• 4242]"}),
    (rb'{"body":"{\"text\":\"\\u0034242424242424242\"}"}', {"body": '{"text":"[card •••• 4242]"}'}),
]


@pytest.mark.parametrize(("raw", "meaning"), RAW)
def test_masked_json_is_still_json(raw: bytes, meaning: dict[str, object]) -> None:
    """A payload masked in quarantine can be read again, and still names the same message."""
    assert json.loads(masking.mask_raw(raw)) == meaning


@pytest.mark.parametrize(
    "raw",
    [
        "déjà 4242\u00a04242\u00a04242\u00a04242".encode("latin-1"),
        b"\xff\xfe\x80 4242 4242 4242 4242 \xc3",
        "carte 4242424242424242".encode("utf-16"),
        b"text=4242+4242+4242+4242&x=1",
        b"text=%34%32%34%32%20%34%32%34%32%20%34%32%34%32%20%34%32%34%32",
        b"text=4242%C2%A04242%C2%A04242%C2%A04242",
        b"<p>4242&nbsp;4242&#32;4242&#x20;4242</p>",
        b'{"text":"4242 4242 4242 4242',
        b'{"text":"\\u0034242424242424242\\',
    ],
)
def test_raw_payloads_of_any_encoding_are_masked(raw: bytes) -> None:
    """Bytes that are no UTF-8, broken JSON, forms and markup do not save a card number."""
    masked = masking.mask_raw(raw)

    assert "[card •••• 4242]".encode() in masked
    assert masking.mask_raw(masked) == masked


@given(st.one_of(st.binary(max_size=80), TEXTS.map(str.encode), TEXTS.map(json.dumps).map(str.encode)))
def test_raw_masking_settles_and_keeps_what_is_harmless(raw: bytes) -> None:
    """Any bytes can be masked, twice is as once, and bytes without a secret are the same bytes."""
    once = masking.mask_raw(raw)

    assert masking.mask_raw(once) == once
    assert once == raw or b"\xe2\x80\xa2" in once


@given(
    st.dictionaries(
        st.sampled_from(["text", "id", "code", "n", "note"]),
        st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    )
)
def test_json_stays_json(payload: dict[str, object]) -> None:
    """Whatever is masked in a JSON payload, it has the same keys afterwards."""
    for ascii_only in (True, False):
        masked = masking.mask_raw(json.dumps(payload, ensure_ascii=ascii_only).encode())
        assert json.loads(masked).keys() == payload.keys()


HOSTILE = [
    *(
        "4",
        "4444444444444444444444444 ",
        "4 ",
        "444 ",
        "42 ",
        "4242424242424242 ",
        "4242424242424242 12/27 123 ",
        "12/27 ",
    ),
    *(
        "fr76 ",
        "fr76",
        "at 10 30 ",
        "FR7630006000011234567890188 ",
        "code ",
        "code is ",
        "code 1234 ",
        "password ",
        "password is ",
    ),
    *(
        "1234 is my a b ",
        "3 chiffres au ",
        "[card •••• ",
        "4\u200b",
        "é4",
        "\\u0034",
        "%34",
        "&#52;",
        "@1",
        "http://1",
        '{"id":"4',
        "[1,",
        "4242*4242)(",
        "42\r\n\r\n ",
        "fr76     3 ",
        "c v ",
        "1234 (code ",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_takes_long(piece: str) -> None:
    """A hundred thousand characters made to hurt cost in proportion to a text, not to its square."""
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    masking.mask(text)
    masking.mask_raw(text.encode())

    assert time.process_time() - began < 3
