"""A PostgreSQL server of the test's own, which can be stopped as by a loss of power and started again."""

import pathlib
import shutil
import subprocess
import tempfile

import pytest

from tests import databases
from tests.databases import free_port

SECONDS = 60


class Cluster:
    """Made by `initdb` on a free port. It waits for its disk, so that what it has acknowledged must be there afterwards."""

    def __init__(self, programs: pathlib.Path, folder: pathlib.Path) -> None:
        self._programs = programs
        self._folder = folder
        self._port = free_port()
        self._user = databases.unprivileged()
        self._run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        self._run("pg_ctl", "start", "-w", "-o", options)

    def stop(self) -> None:
        """As if it had been killed: connections break, and nothing is tidied up."""
        self._run("pg_ctl", "stop", "-m", "immediate")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), "-D", str(self._folder / "cluster"), *arguments]
        with (self._folder / "output").open("ab") as output:
            subprocess.run(
                command, user=self._user, cwd=self._folder, stdout=output, stderr=output, timeout=SECONDS, check=True
            )


def made() -> Cluster:
    """A server that runs; the test is skipped where its programs are not."""
    programs = databases.programs()
    if programs is None:
        pytest.skip("there are no initdb and pg_ctl on this machine")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="comptoir-cluster-"))
    if user := databases.unprivileged():
        shutil.chown(folder, user)
    cluster = Cluster(programs, folder)
    cluster.start()
    return cluster
