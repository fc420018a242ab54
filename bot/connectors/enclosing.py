"""What every connector asks of the files of a message before it asks its network anything. Pure."""

from bot import errors, wire

TOO_MANY = "The network does not take so many files at once."
TOO_LARGE = "A file is too large for this network."
STRANGE = "The network does not take this kind of file."


def check(message: wire.OutboundMessage, rules: wire.FileRules) -> None:
    """Raises Refused for files that the network would not take: nothing has left then."""
    if len(message.files) > rules.most:
        raise errors.Refused(TOO_MANY)
    if any(file.kind not in rules.kinds for file in message.files):
        raise errors.Refused(STRANGE)
    if any(len(file.body) > rules.kinds[file.kind] for file in message.files):
        raise errors.Refused(TOO_LARGE)
