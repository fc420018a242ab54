"""Files in words: what a network takes, and how heavy something is."""

from bot.desk.enclosing import LARGEST_FILE, megabytes
from bot.wire import FileRules
from inbox.i18n import Words

# What people call files, and the media types that are so.
SORTS = (("picture", "image/"), ("pdf", "application/pdf"), ("video", "video/"), ("audio", "audio/"))


def here(words: Words, rules: FileRules) -> str:
    """What may be enclosed with an answer, in one sentence."""
    if not rules.most or not rules.kinds:
        return words("files.none_here")
    taken = [(sort, _most(rules, begin)) for sort, begin in SORTS]
    told = [words(f"files.{sort}", size=weight(words, most)) for sort, most in taken if most]
    sentence = words("files.here", count=rules.most, list=", ".join(told))
    return sentence if dict(taken)["video"] else sentence + words("files.no_video")


def weight(words: Words, size: int) -> str:
    """1.4 MB, 340 kB."""
    if size < 1_000_000:
        return words("files.kilobytes", size=max(1, size // 1_000))
    plain = megabytes(size)
    return words("files.megabytes", size=plain.replace(".", ",") if words.locale == "fr" else plain)


def _most(rules: FileRules, begin: str) -> int:
    return min(max((most for kind, most in rules.kinds.items() if kind.startswith(begin)), default=0), LARGEST_FILE)
