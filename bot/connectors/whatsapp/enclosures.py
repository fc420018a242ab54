"""Which files WhatsApp takes: "Supported media types" of the Cloud API, as AWS and others repeat it (2026)."""

from bot import wire
from bot.connectors.meta.enclosures import MEGABYTE, MOST, kind_of

# A document is named besides; a caption fits under whatever is not only heard.
CAPTIONED = frozenset({"document", "image", "video"})
LONGEST_CAPTION = 1024

_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS = (
    "application/msword", "application/pdf", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    f"{_OFFICE}.presentationml.presentation", f"{_OFFICE}.spreadsheetml.sheet", f"{_OFFICE}.wordprocessingml.document",
    "text/plain",
)  # fmt: skip
_HEARD_AND_SEEN = ("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg", "video/3gpp", "video/mp4")

RULES = wire.FileRules(
    MOST,
    dict.fromkeys(("image/jpeg", "image/png"), 5 * MEGABYTE)
    | dict.fromkeys(_HEARD_AND_SEEN, 16 * MEGABYTE)
    | dict.fromkeys(_DOCUMENTS, 100 * MEGABYTE),
)


def kind(file: wire.Enclosure) -> str:
    """How WhatsApp calls what it is."""
    return kind_of(file, "document")
