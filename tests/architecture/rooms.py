"""A contract for import-linter that reads like the house's own rule: each room, and what it may import.

Strict about what exists: every module must belong to a room, and whatever is not allowed is forbidden. A room that is named
before it is built does no harm.
"""

from dataclasses import dataclass

import grimp
from importlinter import Contract, ContractCheck, fields, output


@dataclass(frozen=True, slots=True)
class Room:
    """`name` is a module with all that is in it, or without, as "… itself". With "*" at its end, each child is a room."""

    name: str
    allowed: tuple[str, ...]

    def own(self, module: str) -> str | None:
        """The part of `module` that is this room, None when it is elsewhere."""
        if self.name.endswith(" itself"):
            return module if module == self.name.removesuffix(" itself") else None
        parent, _, last = self.name.rpartition(".")
        if last != "*":
            return self.name if is_in(module, self.name) else None
        return (
            ".".join(module.split(".")[: self.name.count(".") + 1])
            if is_in(module, parent) and module != parent
            else None
        )

    def admits(self, module: str) -> bool:
        """Whether the last word about `module` is a yes: what follows may take away, with a "!", from what came before."""
        words = [name for name in self.allowed if is_in(module, name.removeprefix("!"))]
        return bool(words) and not words[-1].startswith("!")


def is_in(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


class RoomsContract(Contract):
    """`rooms`: lines "room: what it may import"; `groups`: lines "@name: modules"; `libraries`: lines "library: where only"."""

    type_name = "rooms"

    rooms = fields.ListField(subfield=fields.StringField())
    groups = fields.ListField(subfield=fields.StringField())
    libraries = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        rooms = [Room(name, allowed) for name, allowed in self._lines("rooms").items()]
        faults = [fault for module in _ours(graph) for fault in _faults(graph, module, rooms)]
        for library, allowed in self._lines("libraries").items():
            places = Room(library, allowed)
            importers = graph.find_modules_that_directly_import(library) if library in graph.modules else set()
            faults += [f"{module} imports {library}, which belongs in {', '.join(allowed)}"
                       for module in sorted(importers) if not places.admits(module)]  # fmt: skip
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for fault in check.metadata["faults"]:
            output.print_error(f"- {fault}")

    def _lines(self, option: str) -> dict[str, tuple[str, ...]]:
        groups = dict(_line(line) for line in self.groups)
        lines = groups if option == "groups" else dict(_line(line) for line in getattr(self, option))
        return {
            name: tuple(each for given in allowed for each in groups.get(given, (given,)))
            for name, allowed in lines.items()
        }


def _line(text: str) -> tuple[str, tuple[str, ...]]:
    name, _, allowed = text.partition(":")
    return name.strip(), tuple(allowed.split())


def _ours(graph: grimp.ImportGraph) -> list[str]:
    return sorted(module for module in graph.modules if not graph.is_module_squashed(module))


def _faults(graph: grimp.ImportGraph, module: str, rooms: list[Room]) -> list[str]:
    """What is wrong with one module: it has no room, or imports what its room may not."""
    homes = [room for room in rooms if room.own(module)]
    if not homes:
        return [f"{module} belongs to no room: give it one in pyproject.toml, or move it"]
    room = max(homes, key=lambda each: (len(each.own(module) or ""), not each.name.endswith("*")))
    own = room.own(module) or ""
    return [
        f"{module} imports {imported}, which {room.name} may not"
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if not graph.is_module_squashed(imported) and not is_in(imported, own) and not room.admits(imported)
    ]
