"""A function and batches -> all batches done, by this process, by others, or by any executor.

A worker that dies takes at most its own batch with it: what others had in hand is done again as
well, each batch alone in a process of its own. A file at which a process ends twice is left out.
"""

from __future__ import annotations

import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from mer.build.bundles import FileBatch
from mer.errors import InputError

# So many batches are handed over at a time to an executor whose size is unknown.
MOST_WAITING = 1000
_DEATHS = 2


@contextmanager
def worker_pool(workers: int) -> Iterator[Executor]:
    """Give an executor of so many processes; none of them outlives this one."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Let an interrupt end a worker at once and without a traceback, and so the parent's end."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def completed(
    make: Callable[[FileBatch], None],
    batches: Sequence[FileBatch],
    *,
    workers: int = 1,
    executor: Executor | None = None,
) -> Iterator[FileBatch]:
    """Yield each batch when `make` is done with it, in any order.

    Parameters
    ----------
    make
        What is done with a batch. Only an `InputError` of it ends everything.
    workers
        How many processes do it, where there is no `executor`; 1 for this one.
    executor
        Does it instead; its workers see the same files. It is not shut down.

    Raises
    ------
    InputError
        If `make` raises it, or a process ends again and again before it reads a file.
    """
    if executor is None and (workers < 2 or len(batches) < 2):
        for batch in batches:
            make(batch)
            yield batch
        return
    waiting, suspects = deque(batches), deque[FileBatch]()
    most = MOST_WAITING if executor is not None else 2 * workers
    broken = False
    while waiting and not broken:
        with worker_pool(workers) if executor is None else nullcontext(executor) as chosen:
            yield from _until_broken(chosen, make, waiting, suspects, most)
        while suspects:
            batch = suspects.popleft()
            _alone(make, batch)
            yield batch
        broken = executor is not None  # nobody can mend an executor that is not ours
    for batch in waiting:
        _alone(make, batch)
        yield batch


def _until_broken(
    executor: Executor,
    make: Callable[[FileBatch], None],
    waiting: deque[FileBatch],
    suspects: deque[FileBatch],
    most: int,
) -> Iterator[FileBatch]:
    """Yield batches as they are done, and put those that were not among the suspects.

    It ends when all are done, or the executor takes no more.
    """
    running: dict[Future[None], FileBatch] = {}
    open_ = True
    while running or (waiting and open_):
        while waiting and open_ and len(running) < most:
            try:
                running[executor.submit(make, waiting[0])] = waiting[0]
                waiting.popleft()
            except BrokenExecutor:
                open_ = False
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            batch, error = running.pop(future), _failure(future)
            if error is None:
                yield batch
            elif isinstance(error, InputError):
                raise error
            else:  # whatever an executor says when a worker is gone
                open_ = open_ and not isinstance(error, BrokenExecutor)
                suspects.append(batch)


def _failure(future: Future[None]) -> BaseException | None:
    from concurrent.futures import CancelledError

    try:
        return future.exception()
    except CancelledError as error:
        return error


def _alone(make: Callable[[FileBatch], None], batch: FileBatch) -> None:
    """Do a batch in a process of its own, without the files at which processes end."""
    deaths = Counter([batch.marked()])
    while True:
        try:
            with worker_pool(1) as pool:
                return pool.submit(make, batch).result()
        except BrokenExecutor as error:
            file = batch.marked()
            deaths[file] += 1
            if deaths[file] >= _DEATHS:
                if file is None:
                    raise InputError(
                        f"{batch.folder}: the process that reads {batch.files[0].name} and the "
                        "files after it ends before it reads any; is there too little memory?"
                    ) from error
                batch = replace(batch, skipped=batch.skipped | {file.path})
