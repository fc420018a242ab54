"""A bank's public stream as it might be, made from a seed: what people ask on any day, and outages planted into it."""

import random
from collections.abc import Iterator

from bot.watch.detector import Seen
from bot.watch.usual import DAY, HOUR

MONDAY = 1_772_409_600.0  # 2026-03-02, midnight UTC
# How busy each hour of the day is, as a share of the busiest.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 10, 9, 9, 9, 9, 9, 10, 10, 9, 8, 6, 5, 3)

_ASKED = """what are your opening hours at the {place} branch|can I order a {thing} online|how long does a {thing} take
how do I change my {detail}|is there a fee for a {thing} abroad|I moved to {place}, where do I tell you
my {thing} arrived, thank you|who do I talk to about a {thing}|could somebody call me back about my {thing}
quelles sont vos horaires à {place}|comment commander un {thing}|je voudrais changer mon {detail}
merci pour votre aide avec le {thing}|combien coûte un {thing} à l'étranger|un conseiller peut-il m'appeler pour un {thing}
I have a problem with my {thing}|the {thing} page gives an error|j'ai un souci avec mon {thing}
my {thing} has not come, is something stuck|le formulaire de {thing} affiche une erreur""".replace("\n", "|").split("|")
_PLACES = ("Lyon", "Nantes", "Lille", "Leeds", "Bath", "York", "Rennes", "Dijon", "Brest", "Metz", "Derby", "Hull")
_THINGS = (
    "mortgage",
    "savings book",
    "credit card",
    "cheque book",
    "student loan",
    "insurance",
    "virement",
    "prêt auto",
    "livret",
)
_DETAILS = ("address", "phone number", "adresse", "numéro", "e-mail", "code postal", "name after the wedding")
_TAILS = ("", "please", "merci", "thanks", "since Tuesday", "for my mother", "pour mon fils", "before the summer")

OUTAGES = {
    "sign in": """I can't log in any more|the app logged me out and won't let me back in|impossible de me connecter ce matin
same here, cannot sign in on my phone|is the app down|l'application est en panne ?|getting logged out again and again
je n'arrive plus à me connecter|login not working since this morning|are your servers down|tout le monde est déconnecté on dirait
password refused although it is right|connexion impossible depuis 10 minutes|locked out, and so is my wife""".replace("\n", "|"),
    "payments": """my card was declined at the till just now|carte refusée en magasin à l'instant|payments not working right now
is there an outage of card payments|paiement refusé deux fois ce midi|all my cards are declined, is it just me
le distributeur ne marche pas non plus|cash machine gave nothing, everybody in the queue too|panne de paiement ?
card rejected for the third time today|carte bloquée chez moi aussi|terminal says card refused""".replace("\n", "|"),
}  # fmt: skip


def usual(seed: int, *, start: float, seconds: float, a_day: float) -> Iterator[Seen]:
    """Ordinary messages, about `a_day` of them, by people of whom few write twice."""
    chance = random.Random(seed)
    at, number = start, 0
    busiest = a_day / DAY * 24 * max(_HOURS) / sum(_HOURS)
    while (at := at + chance.expovariate(busiest)) < start + seconds:
        if chance.random() * max(_HOURS) < _HOURS[int(at // HOUR) % 24]:
            number += 1
            yield Seen(f"u{seed}-{number}", at, f"person {chance.randrange(20_000)}", _asked(chance))


def outage(seed: int, *, start: float, seconds: float, an_hour: float, kind: str = "sign in") -> Iterator[Seen]:
    """Complaints of one outage, each by another person, in their own words."""
    chance = random.Random(seed)
    at, number = start, 0
    while (at := at + chance.expovariate(an_hour / HOUR)) < start + seconds:
        number += 1
        words = f"{chance.choice(OUTAGES[kind].split('|'))} {chance.choice(_TAILS)} {chance.choice(_PLACES)}"
        yield Seen(f"o{seed}-{number}", at, f"victim {number}", words)


def _asked(chance: random.Random) -> str:
    asked = chance.choice(_ASKED).format(
        place=chance.choice(_PLACES), thing=chance.choice(_THINGS), detail=chance.choice(_DETAILS)
    )
    return f"{asked} {chance.choice(_TAILS)} {chance.choice(_PLACES)}"
