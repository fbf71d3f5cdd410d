"""A Dask cluster on this machine, a worker of which is killed: the corpus is the same."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import mer.build.cluster
import mer.build.folders
from mer.__main__ import main
from mer.build.bundles import FileBatch, make_bundle
from mer.build.cluster import dask_executor
from mer.build.folders import add_folder
from mer.errors import InputError
from tests.mer.build.conftest import contents

distributed = pytest.importorskip("distributed", reason="needs mer[dask]: distributed")


def make_or_die(batch: FileBatch) -> None:
    """Make a bundle; the first worker that reads is killed in the middle of it."""
    killed = batch.folder.with_name("killed")
    try:
        killed.touch(exist_ok=False)
    except FileExistsError:
        make_bundle(batch)
        return
    batch.place.mkdir(parents=True, exist_ok=True)
    batch.mark.write_text("0", encoding="ascii")
    killed.write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Return the address of a scheduler with two worker processes, on the loopback."""
    import dask

    quiet = {"logging.distributed": "critical"}
    with (
        dask.config.set(quiet),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as cluster,
    ):
        yield cluster.scheduler_address


def test_a_killed_worker_loses_nothing(
    home: Path, many: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (many / "t4.mid").write_text("not music")
    assert add_folder(many, "mine", workers=2).new == 8
    expected = contents(home / "mine")
    shutil.rmtree(home / "mine")
    monkeypatch.setattr(mer.build.folders, "make_bundle", make_or_die)
    assert main(["corpus", "add", str(many), "--into", "mine", "--scheduler", scheduler]) == 0
    assert int((many.parent / "killed").read_text()) != os.getpid()
    assert contents(home / "mine") == expected


def test_workers_that_cannot_read_are_refused(
    tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        pytest.raises(InputError, match="does not see"),
        dask_executor(scheduler, tmp_path / "elsewhere"),
    ):
        pass
    monkeypatch.setattr(mer.build.cluster, "readers_version", lambda: "another")
    with pytest.raises(InputError, match="has other readers"), dask_executor(scheduler, tmp_path):
        pass


def test_an_address_where_nobody_is(
    home: Path, many: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mer.build.cluster, "PATIENCE_SEC", 0.1)
    assert main(["corpus", "add", str(many), "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in capsys.readouterr().err
    assert not home.exists()
