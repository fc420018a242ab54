"""Files beside an agent's unsent reply: laid there, described, taken away; and what must be true of them before they leave.

A file is somebody's own as long as it is unsent: nobody else sees it, and no event tells of it. What it holds was made by
`desk/picturing`; here it is named safely, counted, and held against what the network takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot import errors, wire
from bot.desk import masking
from bot.store import agents, enclosures, tickets
from bot.store.enclosures import EnclosureRow, Writer
from bot.store.parts import Part
from bot.store.transaction import Transaction

MOST_FILES = 20
MOST_BYTES = 40_000_000  # beside all drafts of one ticket and agent
LARGEST_FILE = 16_000_000  # whatever a network would take
LONGEST_ALT = 1_500
LONGEST_NAME = 120
KEPT_FOR = timedelta(days=14)
ENDINGS = {
    "image/webp": "webp", "image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf", "video/mp4": "mp4",
    "video/webm": "webm", "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/amr": "amr",
}  # fmt: skip
_MOST = {0: "No file can be sent from here.", 1: "From here one file can be sent at a time."}
NO_SUCH_FILE = "One of the files is no longer there. Look at what is left, then send again."


def lay(tx: Transaction, writer: Writer, name: str, made: tuple[Part, Part | None]) -> int:
    """Lay a file beside the draft; its number. Raises Invalid when there are too many, NotFound without the ticket."""
    tickets.visible(tx, writer.ticket_id, agents.find(tx, writer.agent_id))
    there = enclosures.of(tx, writer)
    if len(there) >= MOST_FILES or sum(one.size for one in there) + len(made[0].body) > MOST_BYTES:
        raise errors.Invalid("There are too many files here. Remove some first.", field="files")
    return enclosures.lay(tx, writer, safe_name(name, made[0].kind), *made)


def describe(tx: Transaction, writer: Writer, id_: int, alt: str) -> None:
    """Say what a picture shows, for those who cannot see it. Card numbers and the like are masked. Raises Invalid, NotFound."""
    if len(alt) > LONGEST_ALT:
        raise errors.Invalid(f"A description has {LONGEST_ALT} characters at the most.", field="alt")
    if not enclosures.describe(tx, writer, id_, masking.mask(alt.strip()).text):
        raise errors.NotFound("There is no such file.")


def take_away(tx: Transaction, writer: Writer, id_: int) -> None:
    """Remove a file. Doing it twice is the same."""
    enclosures.take_away(tx, writer, id_)


def forget_old(tx: Transaction) -> None:
    """Files that nobody has sent for so long go."""
    enclosures.forget_old(tx, KEPT_FOR)


def describe_all(tx: Transaction, writer: Writer, files: Mapping[int, str]) -> None:
    """Keep what a form says that its files show; a file that is no longer there is passed over."""
    for id_, alt in files.items():
        enclosures.describe(tx, writer, id_, masking.mask(alt[:LONGEST_ALT].strip()).text)


def plain_name(name: str) -> str:
    """A file's own name as it may be shown: its last part, without what turns writing, masked."""
    last = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    return masking.mask(last[-LONGEST_NAME:]).text


def safe_name(name: str, kind: str) -> str:
    """A file's name as it may be kept and sent: its last part, ending as what it is, masked and without what turns writing."""
    last = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    stem = (last.rpartition(".")[0] or last)[:LONGEST_NAME].strip(". ") or "file"
    return masking.mask(f"{stem}.{ENDINGS.get(kind, 'bin')}").text


def gathered(tx: Transaction, writer: Writer, wanted: Mapping[int, str]) -> tuple[EnclosureRow, ...]:
    """The files that a form names, each with what the form says that it shows. Raises Conflict when one is no longer there."""
    found = tuple(
        replace(row, alt=wanted[row.id].strip())
        for row in (enclosures.of(tx, writer) if wanted else ())
        if row.id in wanted
    )
    if len(found) < len(wanted):
        raise errors.Conflict(NO_SUCH_FILE)
    return found


def check(files: Sequence[EnclosureRow], rules: wire.FileRules) -> None:
    """Raises Invalid, with the sentence, when the network does not take these files together from there."""
    if len(files) > rules.most:
        raise errors.Invalid(
            _MOST.get(rules.most, f"From here {rules.most} files can be sent at a time."), field="files"
        )
    for one in files:
        check_one(one.name, one.kind, one.size, rules)


def check_one(name: str, kind: str, size: int, rules: wire.FileRules) -> None:
    """Raises Invalid, with the sentence, when the network does not take this file from there."""
    if kind not in rules.kinds:
        raise errors.Invalid(f"“{name}” cannot be sent from here: the network does not take such files.", field="files")
    if size > rules.kinds[kind]:
        raise errors.Invalid(f"“{name}” is too large: {megabytes(rules.kinds[kind])} MB at the most.", field="files")


def megabytes(size: int) -> str:
    """How large a file may be, rounded down so that nothing is promised that cannot be kept."""
    return f"{size // 100_000 / 10:.1f}".removesuffix(".0")
