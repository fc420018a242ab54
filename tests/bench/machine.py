"""Who used the processors and the memory: read from /proc before and after, so that measuring costs nothing meanwhile."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Load:
    """The processors during one stretch of time, in cores: all that was busy, ours, and what is left, which others used."""

    seconds: float
    busy: float
    own: float
    stolen: float

    @property
    def foreign(self) -> float:
        return max(0.0, self.busy - self.own)


@dataclass(frozen=True, slots=True)
class Watch:
    """A stretch of time that began when this was made. `server` are the processes whose cost is asked for, `own` all of ours."""

    at: float
    busy: float
    stolen: float
    own: float
    server: float
    roots: tuple[int, ...]
    server_roots: tuple[int, ...]

    def load(self) -> Load:
        """The cores used since this watch was made."""
        seconds = time.monotonic() - self.at
        busy, stolen = _processors()
        own = processor_seconds(self.roots)
        return Load(seconds, (busy - self.busy) / seconds, (own - self.own) / seconds, (stolen - self.stolen) / seconds)

    def server_seconds(self) -> float:
        """Processor seconds that the server's processes used since this watch was made."""
        return processor_seconds(self.server_roots) - self.server


def watch(server: Iterable[int], *others: int) -> Watch:
    """Begin to watch: this process with all it started, and `others` that are ours without being our children."""
    server_roots = tuple(server)
    roots = (os.getpid(), *server_roots, *others)
    busy, stolen = _processors()
    return Watch(
        time.monotonic(), busy, stolen, processor_seconds(roots), processor_seconds(server_roots), roots, server_roots
    )


def processor_seconds(roots: Iterable[int]) -> float:
    """What these processes and their descendants have used, the finished and waited-for among them included."""
    return sum(_used(pid) for pid in family(roots)) / _TICK


def family(roots: Iterable[int]) -> set[int]:
    """These processes and all their descendants that are alive."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting.extend(children.get(pid, ()))
    return found


def resident_megabytes(roots: Iterable[int]) -> float:
    """Memory held now by these processes and their descendants, shared pages counted in each."""
    return sum(_status_kilobytes(pid, "VmRSS:") for pid in family(roots)) / 1024


def peak_megabytes(roots: Iterable[int]) -> float:
    """The most that these processes have held since `forget_peak`, or since their start."""
    return sum(_status_kilobytes(pid, "VmHWM:") for pid in family(roots)) / 1024


def forget_peak(roots: Iterable[int]) -> None:
    """Let `peak_megabytes` begin anew."""
    for pid in family(roots):
        (_PROC / str(pid) / "clear_refs").write_text("5")


def parent(pid: int) -> int:
    """The process that started this one."""
    fields = _fields(pid)
    if fields is None:
        raise ProcessLookupError(pid)
    return int(fields[1])


def _fields(pid: int) -> list[str] | None:
    """/proc/PID/stat from the state on; the name before it may hold spaces. None when the process has gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _used(pid: int) -> int:
    fields = _fields(pid)
    return sum(int(ticks) for ticks in fields[11:15]) if fields else 0


def _status_kilobytes(pid: int, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def _processors() -> tuple[float, float]:
    """Seconds that all processors were busy, and that the host took from us, since the machine's start."""
    ticks = [int(field) for field in (_PROC / "stat").read_text().splitlines()[0].split()[1:]]
    user, nice, system, _idle, _wait, irq, softirq, steal = ticks[:8]
    return (user + nice + system + irq + softirq) / _TICK, steal / _TICK
