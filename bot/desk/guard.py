"""Nothing leaves that should not be said: for people and for the bot, before the outbox.

`check` reads a reply as it would be read on the network and objects, with the place and a key of the catalogue. An objection that
blocks stops the reply; one that warns asks the agent whether he means it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.desk import folding, sensitive
from bot.desk.guard_rules import RULES, Rule, Severity
from bot.desk.sensitive import Kind

_SENTENCE = re.compile(r"[^.!?\n…]+(?:[.](?=\w)[^.!?\n…]*)*")
_SHORTEST = re.compile("(?:[^a-z€$£]*[a-z€$£]){4}")  # the least that any rule objects to
_ZERO_IN_WORD = re.compile("(?<=[a-z])0(?=[a-z])")
# A mask as it is stored, as a page shows it in the reader's language, and as people write one themselves.
_MASKED = re.compile(
    r"\[ ?(?:card|carte|iban|cvv|code|expiry|expiration)\b[^\]]{0,20}••[^\]]{0,12}\]?"
    r"|(?:(?<![•●∙·*#])(?:[•●∙·]{4}|[*]{4}|#{4})[ -]?){1,3}[0-9]{4}(?![0-9])|\b(?:x{4}[ -]?){1,3}[0-9]{4}(?![0-9])"
)
_FREE = (
    r"(?:g(?:oogle)?mail|hotmail|outlook|live|msn|y(?:ahoo|mail)|icloud|me|aol|proton(?:mail)?"
    r"|orange|wanadoo|free|sfr|neuf|laposte|gmx)"
)
_AT = rf"(?:@| ?[(\[{{] ?(?:at|arobase|@) ?[)\]}}] ?| arobase | at (?={_FREE}(?: dot | ?[(\[{{])))"
_DOT = r"(?:\.| ?[(\[{] ?(?:dot|point|\.) ?[)\]}] ?| (?:dot|point) )"
_EMAIL = re.compile(
    rf"(?<![\w.+-])(?P<box>[a-z0-9._+-]{{1,64}}){_AT}(?P<host>[a-z0-9-]{{1,63}}(?:{_DOT}[a-z0-9-]{{1,63}}){{1,4}})"
)
_ROLE = re.compile(
    "contact|service|support|help|info|care|client|customer|sav|reclamation|complaint|mediat|press|bonjour|hello|phishing|fraud"
)
_FREE_MAIL = re.compile(rf"{_FREE}(?:{_DOT}|$)")
_PHONE = re.compile(
    r"(?<![\w.,/+-])(?:(?:\+|00) ?[1-9](?:[ .()*_/-]{0,3}[0-9]){7,13}|0[1-9](?:[ .-]{0,2}[0-9]{2}){4}"
    r"|0[1-9](?P<gap>[\W_]{1,3})[0-9]{2}(?:(?P=gap)[0-9]{2}){3}"
    r"|0[127][0-9]{2,3} ?[0-9]{3} ?[0-9]{3,4})(?![0-9])"
)
_MOBILE = re.compile(r"(?:(?:\+|00)33(?:\(0\))?|0)[67][0-9]{8}|(?:(?:\+|00)44(?:\(0\))?|0)7[0-9]{9}")
_SERVICE_LINE = re.compile(r"(?:(?:\+|00)(?:33|44)|0)[389][0-9]+|(?:\+|00)?18(?:00|88|77|66)[0-9]+")

_WITHIN = 300  # so far back a condition reaches

_SENSITIVE = {
    Kind.CARD: "guard.card",
    Kind.EXPIRY: "guard.card",
    Kind.CARD_CODE: "guard.card_code",
    Kind.CODE: "guard.code",
    Kind.IBAN: "guard.iban",
}


@dataclass(frozen=True, slots=True, order=True)
class Objection:
    """text[start:end] should not leave. `key` names the words for it in the catalogue."""

    start: int
    end: int
    key: str
    severity: Severity = Severity.BLOCK


def check(text: str, *, is_public: bool) -> tuple[Objection, ...]:
    """What speaks against sending `text`, from its beginning to its end. Empty: nothing does."""
    folded = folding.fold(text)
    plain = _ZERO_IN_WORD.sub("o", folded.plain.replace("’", "'"))
    found = [*_sensitive(plain, is_public=is_public), *_said(plain, is_public=is_public)]
    if is_public:
        found += [*_phones(plain), *_emails(plain)]
    return tuple(sorted(_in_original(folded, one) for one in _plainest(found, len(plain))))


def is_blocked(objections: Iterable[Objection]) -> bool:
    """Whether one of them stops the reply."""
    return any(one.severity is Severity.BLOCK for one in objections)


def _in_original(folded: folding.Folded, one: Objection) -> Objection:
    start, end = folded.span(one.start, one.end)
    return replace(one, start=start, end=end)


def _sensitive(plain: str, *, is_public: bool) -> Iterator[Objection]:
    for one in sensitive.find(plain):
        if is_public or one.kind is not Kind.IBAN:  # the bank may tell its client an IBAN, between themselves
            yield Objection(one.start, one.end, _SENSITIVE[one.kind])
    if is_public:
        for mask in _MASKED.finditer(plain):
            yield Objection(*mask.span(), "guard.fact")


def _said(plain: str, *, is_public: bool) -> Iterator[Objection]:
    rules = [rule for rule in _RULES if is_public or not rule.said.is_public_only]
    rules = [rule for rule in rules if not rule.unless_text.search(plain)]
    for sentence in _SENTENCE.finditer(plain):
        if not _SHORTEST.match(sentence[0]):
            continue
        for rule in rules:
            for start, end in rule.find(sentence[0]):
                blank = len(sentence[0][start:end]) - len(sentence[0][start:end].lstrip())
                place = sentence.start() + start + blank, sentence.start() + end
                yield Objection(*place, rule.said.key, rule.said.severity)


def _phones(plain: str) -> Iterator[Objection]:
    """A mobile number is a person's. Another may be ours: the agent knows. Service lines are for everybody."""
    for phone in _PHONE.finditer(plain):
        number = re.sub("[^0-9+()]", "", phone[0])
        if not _SERVICE_LINE.fullmatch(number):
            yield Objection(
                *phone.span(), "guard.phone", Severity.BLOCK if _MOBILE.fullmatch(number) else Severity.WARN
            )


def _emails(plain: str) -> Iterator[Objection]:
    """A private mailbox is a person's. A role's mailbox is for everybody; of the rest the agent knows."""
    for email in _EMAIL.finditer(plain):
        is_private = _FREE_MAIL.match(email["host"]) is not None
        if is_private or not _ROLE.search(email["box"]):
            yield Objection(*email.span(), "guard.email", Severity.BLOCK if is_private else Severity.WARN)


def _plainest(found: list[Objection], length: int) -> Iterator[Objection]:
    """Of objections to the same words the gravest, and of those the longest."""
    taken = bytearray(length)
    for one in sorted(found, key=lambda one: (one.severity is Severity.WARN, one.start - one.end)):
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            yield one


class _Compiled:
    """A rule's patterns, ready."""

    def __init__(self, rule: Rule) -> None:
        self.said = rule
        self.pattern = re.compile(rule.pattern)
        self.only_with = re.compile(rule.only_with)
        self.unless = re.compile(rule.unless)
        self.unless_before = re.compile(rule.unless_before)
        self.unless_text = re.compile(rule.unless_text)

    def find(self, sentence: str) -> Iterator[tuple[int, int]]:
        if self.only_with.search(sentence) and not self.unless.search(sentence):
            for match in self.pattern.finditer(sentence):
                if not self.unless_before.search(sentence, max(0, match.start() - _WITHIN), match.start()):
                    yield match.span()


_RULES = tuple(_Compiled(rule) for rule in RULES)
KEYS = frozenset({*_SENSITIVE.values(), *(rule.key for rule in RULES), "guard.phone", "guard.email"})
