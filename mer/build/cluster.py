"""The address of a Dask scheduler -> an executor whose workers read files, on many machines.

The same function that processes of this machine run, `mer.build.bundles.make_bundle`, goes to the
workers of a cluster. What is asked of them first: whether they have the same readers, and see the
same folder; one that does not would report files as missing that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mer.build.bundles import readers_version
from mer.errors import InputError

# To find the scheduler, and for its workers to say what they are.
PATIENCE_SEC = 20


@contextmanager
def dask_executor(address: str, folder: Path) -> Iterator[Executor]:
    """Give the executor of a Dask cluster, checked and not shut down.

    A worker that dies is replaced by another, by Dask; a batch that ends three workers comes back,
    and is read here without the file at which they end (`mer.build.workers`).

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://127.0.0.1:8786``.
    folder
        Absolute: what the workers will read.

    Raises
    ------
    InputError
        If `distributed` is missing, nobody answers, there is no worker, or one of them has another
        release of `mer` or does not see the folder.
    """
    client = _client(address)
    try:
        _check(client, address, folder)
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError as error:
        raise InputError(
            "Dask needs distributed, which is not installed; run: pip install 'mer[dask]'"
        ) from error
    connect: Callable[..., Any] = distributed.Client
    try:
        return connect(address, timeout=PATIENCE_SEC, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address!r}; start one with 'dask scheduler', and "
            "workers with 'dask worker ADDRESS'"
        ) from error


def _check(client: Any, address: str, folder: Path) -> None:
    if not client.nthreads():
        raise InputError(
            f"the Dask scheduler at {address} has no worker; start some with "
            f"'dask worker {address}'"
        )
    try:
        told = client.run(_seen, str(folder))
    except Exception as error:  # whatever a worker says that cannot do it, such as without `mer`
        fault = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(f"a Dask worker at {address} cannot read for mer ({fault})") from error
    for worker, (readers, there) in sorted(told.items()):
        if readers != readers_version():
            raise InputError(
                f"the Dask worker {worker} has other readers; install the same release of mer there"
            )
        if not there:
            raise InputError(
                f"the Dask worker {worker} does not see {folder}; give it the same folder there"
            )


def _seen(folder: str) -> tuple[str, bool]:
    """Return what readers a worker has, and whether it sees a folder."""
    return readers_version(), Path(folder).is_dir()
