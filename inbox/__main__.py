"""The usual door: `comptoir COMMAND …`, or `python -m inbox COMMAND …`."""

import importlib
import os
import sys

VERSION = "0.1.0"

# command → its module in inbox.commands, and what it does
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve", "Run the desk: window, listeners and workers in one process, or one of them with --run"),
    "demo": ("demo", "Open a bank's day on a fake network, with agents, customers and a running stream"),
    "import": ("archive", "Read an archive of messages into a channel"),
    "check": ("check", "Say in sentences what is wrong with configuration, database and channels"),
    "add-agent": ("add_agent", "Add an agent who can sign in"),
    "migrate": ("migrate", "Bring the database up to date"),
    "understand": ("understand", "Teach the bot from a file of examples, measure what it learnt, or ask it"),
    "quarantine": ("quarantine", "List, show or retry what could not be taken in, and work that was given up"),
    "audit": ("audit", "Verify that nobody has changed the journal"),
    "watch": ("watch", "Score a series of counts, or replay an archive past the detector of incidents"),
    "backup": ("backup", "Write a verified copy of the database while it runs"),
    "restore": ("restore", "Put a verified copy in the database's place"),
    "bench": ("bench", "Measure the promises of speed beside their limits"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    os.umask(0o077)  # what any command writes holds customers' words or secrets: its owner alone reads it
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(_help())
        return 0 if given else 2
    if given[0] == "--version":
        print(f"comptoir {VERSION}")
        return 0
    if given[0] not in COMMANDS:
        print(f"comptoir: there is no command {given[0]!r}.\n\n{_help()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"inbox.commands.{COMMANDS[given[0]][0]}")
    code: int = module.main(given[1:])
    return code


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name.ljust(width)}  {purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(
        ["Usage: comptoir COMMAND [options]   (comptoir COMMAND --help says more; comptoir --version)", "", *lines]
    )


if __name__ == "__main__":
    sys.exit(main())
