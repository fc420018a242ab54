"""Card codes, one-time codes, PINs and passwords in folded text: found by the words around them, in French and English.

The name of a secret is not enough: "code postal 75011", "error code 5012" and "code promo 2023" are none. What stands between
name and digits is read: small words may, or a sentence that ends in "is" and names no other thing that has a number.
"""

import re
from collections.abc import Iterator
from itertools import chain

_NAME = re.compile(
    r"(?<![a-z0-9_])(?:"
    r"(?P<card>c[. -]?v[. -]?[vcn]2?\.?|csc|cryptogramme?s?|security codes?|codes? de securite"
    r"|card verification (?:code|value|number)"
    r"|(?:[34]|trois|three|four|quatre) (?:derniers |last )?(?:chiffres|numeros|digits?|numbers?)"
    r" (?:au|du|on|at|derriere|from)(?: the| ma| la| le)? (?:dos|verso|back|carte|rear)"
    r"|(?:3|trois|three) (?:chiffres|digits)(?= ?(?:sont|are|:|=|derriere|behind)))"
    r"|passwords?|mots? de passe|mdp|codes?|pins?|otp|totp|nip|passcodes?|2fa"
    r")(?![a-z0-9_])(?=(?P<gap>[^0-9.!?;@ǂ]{0,60}+)[0-9])"
)
_WORD = re.compile("[a-z]+")
_WORD_BEFORE = re.compile(r"([a-z]+)[ -]?$")
_STEMS = (
    "code",
    "pin",
    "otp",
    "2fa",
    "cvv",
    "cvc",
    "cvn",
    "csc",
    "crypto",
    "verif",
    "pass",
    "mdp",
    "nip",
    "back",
    "dos",
    "verso",
    "c.v",
    "c-v",
    "v v",
    "v.v",
    "chiffres",
    "digits",
)
_SAYS = re.compile(r"(?:[:=>→]|\b(?:is|est|was|are|sont|etait|c['’ ]?est|cest))[^\w]{0,4}$")
_CARD_CODE = re.compile(r"[0-9](?:[^\wǂ\n]?[0-9]){2,3}(?![0-9])(?! ?[-/.,][0-9])")
_CODE = re.compile(r"[0-9](?:[ -]?[0-9]){3,7}+(?![0-9]|[ .,/:-][0-9])")
_PASSWORD = re.compile(
    r"(?<![a-z0-9_])(?:passwords?|mots? de passe|mdp|passwd|passphrase)(?![a-z0-9_])"
    r"[a-z '’]{0,40}?(?:[:=]|\b(?:is|est|was|c['’ ]?est)\b)\s{0,3}[\"'(«]{0,2}"
    r"(?=[^\sǂ]{0,63}[0-9])(?P<secret>(?![@#/]|https?:)[^\s,;\"')»ǂ]{6,64})"
)
_QUANTITY = re.compile(
    r" ?(?:%|€|\$|£|eur|euros?|dollars?|pounds?|fois|times|x|h|ans?|years?|days?|jours?|mins?|minutes?|hours?|heures?|points?)\b"
)
_LONGEST_CARD_CODE = 4
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_BEFORE = re.compile(
    r"(?<![a-z0-9.,:/-])(?:[a-z]-)?(?P<code>[0-9](?:[ -]?[0-9]){2,7}+),?"
    r" (?:is|est|c['’ ]?est|was|as|comme|etait) (?:your|my|the|our|votre|vos|mon|ma|le|la|ton|notre)"
    r"(?P<gap>(?:[ -][a-z'’]{1,15}){0,4}?)"
    r" (?P<name>code|pin|otp|passcode|password|mot de passe|cvv|cvc|csc|cryptogramme)(?![a-z0-9])(?P<after>(?: [a-z]{1,12})?)"
)
_IN_BRACKETS = re.compile(
    r"(?<![a-z0-9.,:/-])(?P<code>[0-9](?:[ -]?[0-9]){2,7}+) ?[(\[]"
    r"(?P<gap>(?:(?:mon|ma|le|la|my|the|c'est|is|est|voici) ){0,2})"
    r"(?P<name>code|pin|otp|passcode|password|mot de passe|cvv|cvc|csc|cryptogramme)(?![a-z0-9])(?P<after>(?: [a-z]{1,12}){0,3})"
)

# May stand between a name and its digits without a verb: "code de validation reçu par sms 483920".
_SMALL = frozenset(
    """
    is est are sont was etait it s c ce et and the le la les l un a de du d des of for pour on sur au en to my
    mon ma mes your votre vos ton ta their new nouveau nouvelle last dernier dernieres i j ai je have had just
    got get received recu recus sent envoye m me moi by par via from avec with sms text texto mail email app
    appli carte cartes card cb visa mastercard amex bleue bancaire credit debit paiement payment number numero
    n no nr num suivant following dessous ci que qui that you vous here voici dos verso back rear code codes
    pin otp secret confidentiel confidentielle validation verification confirmation securite security
    connexion login authentification authentication activation acces access unique usage personnel temporaire
    provisoire temporary one time visuel digit digits chiffres chiffre deverrouillage unlock autorisation
    secure ds
    """.split()  # noqa: SIM905  a list of quoted words would be no easier to read
)
# Has a number of its own, and that number is no secret.
_OTHER = frozenset(
    """
    postal postaux postcode zip post area sort swift bic country pays bar barre barres qr promo promotion
    promotionnel parrainage reduction remise avantage discount coupon voucher gift cadeau referral error
    erreur erreurs err status statut reason motif response reponse http exit retour return source article
    produit product item sku ape naf insee commune departement banque guichet agence branch order commande
    booking reservation reference ref dossier ticket tracking suivi colis parcel vol flight train client
    customer telephone phone tel mobile dress route penal civil travail monetaire consommation couleur color
    colour tarif version model modele serie serial imei amount montant solde balance rue street chapter
    chapitre
    """.split()  # noqa: SIM905  a list of quoted words would be no easier to read
)


def find(plain: str) -> Iterator[tuple[int, int, bool]]:
    """Each code's start and end, and whether it is a card's security code."""
    if not any(stem in plain for stem in _STEMS):
        return
    for name in _NAME.finditer(plain):
        if secret := _after(plain, name):
            yield *secret, bool(name["card"]) and _digits(plain[slice(*secret)]) <= _LONGEST_CARD_CODE
    for password in _PASSWORD.finditer(plain) if "pass" in plain or "mdp" in plain else ():
        yield *password.span("secret"), False
    for match in chain(_BEFORE.finditer(plain), _IN_BRACKETS.finditer(plain) if "(" in plain or "[" in plain else ()):
        is_card = match["name"] in ("cvv", "cvc", "csc", "cryptogramme")
        is_long_enough = _digits(match["code"]) >= (3 if is_card else 4)
        if is_long_enough and _OTHER.isdisjoint(_WORD.findall(match["gap"] + match["after"])):
            yield *match.span("code"), is_card


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _after(plain: str, name: re.Match[str]) -> tuple[int, int] | None:
    """The digits after the name, if what stands before it and between them makes them its own."""
    start = name.end("gap")
    secret = (_CARD_CODE.match(plain, start) if name["card"] else None) or _CODE.match(plain, start)
    if secret is None or _QUANTITY.match(plain, secret.end()):
        return None
    if name[0] in ("code", "codes"):  # the other names say enough
        before = _WORD_BEFORE.search(plain, max(0, name.start() - 20), name.start())
        if before and before[1] in _OTHER:
            return None
    words = _WORD.findall(name["gap"])
    if _SAYS.search(name["gap"]):
        return secret.span() if _OTHER.isdisjoint(words) else None
    return secret.span() if _SMALL.issuperset(words) and not _YEAR.fullmatch(secret[0]) else None
