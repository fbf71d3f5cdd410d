"""Who does the batches: this process, others, one that dies, one that a file kills."""

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from mer.build.bundles import FileBatch
from mer.build.sources import SourceFile
from mer.build.workers import completed, worker_pool
from mer.errors import InputError

BATCHES = 4

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def batches(tmp_path: Path) -> list[FileBatch]:
    names = [[f"{batch}-{file}" for file in range(3)] for batch in range(BATCHES)]
    return [
        FileBatch(tmp_path, "mine", tmp_path, tuple(SourceFile(n, 1, 1) for n in some), "1")
        for some in names
    ]


def noted(batch: FileBatch) -> None:
    """Write the names of the files of a batch, and leave the process as their text says."""
    for number, file in enumerate(batch.files):
        batch.mark.write_text(str(number))
        order = batch.folder / f"{file.path}.order"
        if file.path not in batch.skipped and order.exists():
            told = order.read_text()
            if told == "die once":
                order.unlink()
            if told == "refuse":
                raise InputError("no space left")
            os.kill(os.getpid(), signal.SIGKILL)
    left = [file.path for file in batch.files if file.path not in batch.skipped]
    batch.bundle.write_text(" ".join(left))


def early(batch: FileBatch) -> None:
    """Die before a file is looked at."""
    if batch.files[0].path == "1-0":
        os.kill(os.getpid(), signal.SIGKILL)


def written(tmp_path: Path) -> list[str]:
    return sorted(path.read_text() for path in tmp_path.glob("*.npz"))


WHOLE = [f"{n}-0 {n}-1 {n}-2" for n in range(BATCHES)]


@pytest.mark.parametrize("workers", [1, 2])
def test_all_batches_are_done_once(tmp_path: Path, workers: int) -> None:
    chosen = batches(tmp_path)
    done = list(completed(noted, chosen, workers=workers))
    assert sorted(batch.name for batch in done) == sorted(batch.name for batch in chosen)
    assert written(tmp_path) == WHOLE


def test_a_worker_that_dies_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "2-1.order").write_text("die once")
    assert len(list(completed(noted, batches(tmp_path), workers=2))) == BATCHES
    assert written(tmp_path) == WHOLE


def test_files_that_kill_are_left_out(tmp_path: Path) -> None:
    for name in ("0-0", "2-1", "2-2"):
        (tmp_path / f"{name}.order").write_text("die")
    assert len(list(completed(noted, batches(tmp_path), workers=2))) == BATCHES
    assert written(tmp_path) == ["0-1 0-2", WHOLE[1], "2-0", WHOLE[3]]


def test_what_a_batch_refuses_ends_everything(tmp_path: Path) -> None:
    (tmp_path / "1-1.order").write_text("refuse")
    for workers in (1, 2):
        with pytest.raises(InputError, match="no space left"):
            list(completed(noted, batches(tmp_path), workers=workers))


def test_a_process_that_ends_before_it_reads_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="before it reads any; is there too little memory"):
        list(completed(early, batches(tmp_path), workers=2))


class Cancelling(Executor):
    """Takes a batch and gives it up, or fails in a way of its own."""

    def __init__(self, fail: Callable[[Future[Any]], object]) -> None:
        self.fail = fail

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if args[0].files[0].path == "0-0":
            self.fail(future)
            if future.cancelled():
                future.set_running_or_notify_cancel()
        else:
            future.set_result(fn(*args, **named))
        return future


@pytest.mark.parametrize(
    "fail", [Future.cancel, lambda future: future.set_exception(OSError("a worker was lost"))]
)
def test_what_an_executor_gives_up_is_done_here(
    tmp_path: Path, fail: Callable[[Future[Any]], object]
) -> None:
    executor = Cancelling(fail)
    assert len(list(completed(noted, batches(tmp_path), executor=executor))) == BATCHES
    assert written(tmp_path) == WHOLE


def test_no_worker_outlives_its_pool() -> None:
    with worker_pool(1) as pool:
        worker = pool.submit(os.getpid).result()
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
