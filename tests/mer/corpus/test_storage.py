"""Array files: round trip, mapping, determinism, and every kind of damage refused."""

import numpy as np
import pytest

from mer.corpus.storage import load_arrays, pack_strings, save_arrays, unpack_string
from mer.errors import InputError

HEADER = {"kind": "test", "version": 3}


@pytest.fixture
def arrays():
    return {
        "bytes": np.arange(7, dtype=np.uint8),
        "table": np.arange(12, dtype=np.float32).reshape(3, 4),
        "columns": np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
        "empty": np.zeros(0, dtype=np.int32),
        "flags": np.array([True, False]),
    }


def test_round_trip_is_mapped_aligned_and_read_only(tmp_path, arrays):
    save_arrays(tmp_path / "a.npz", arrays, HEADER)
    loaded, header = load_arrays(tmp_path / "a.npz", kind="test", version=3)
    assert header == HEADER
    assert set(loaded) == set(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert loaded[name].tolist() == array.tolist()
        assert loaded[name].flags.aligned
        assert not loaded[name].flags.writeable


def test_numpy_reads_it_too(tmp_path, arrays):
    save_arrays(tmp_path / "a.npz", arrays, HEADER)
    with np.load(tmp_path / "a.npz") as archive:
        assert archive["table"].tolist() == arrays["table"].tolist()


def test_same_arrays_same_bytes(tmp_path, arrays):
    for name in ("a.npz", "b.npz"):
        save_arrays(tmp_path / name, dict(reversed(arrays.items())), HEADER)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_every_truncation_and_flipped_byte_is_refused(tmp_path, arrays):
    path = tmp_path / "a.npz"
    save_arrays(path, arrays, HEADER)
    whole = path.read_bytes()
    for size in range(0, len(whole), 97):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"a\.npz"):
            load_arrays(path, kind="test", version=3)
    start = whole.index(arrays["table"].tobytes())
    damaged = bytearray(whole)
    damaged[start + 3] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"damaged at 'table\.npy'"):
        load_arrays(path, kind="test", version=3)


@pytest.mark.parametrize(("kind", "version"), [("other", 3), ("test", 4)])
def test_other_kind_or_version_is_refused(tmp_path, arrays, kind, version):
    save_arrays(tmp_path / "a.npz", arrays, HEADER)
    with pytest.raises(InputError, match="build it again"):
        load_arrays(tmp_path / "a.npz", kind=kind, version=version)


def test_missing_file_and_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(InputError, match="no test file"):
            load_arrays(path, kind="test", version=3)


def test_a_failed_write_leaves_the_old_file(tmp_path, arrays):
    path = tmp_path / "a.npz"
    save_arrays(path, arrays, HEADER)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="allow_pickle"):
        save_arrays(path, {"bad": np.array([object()])}, HEADER)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_a_folder_that_is_a_file_is_what_is_reported(tmp_path, arrays):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot write .*x\.npz: (File exists|Not a directory)"):
        save_arrays(tmp_path / "file" / "x.npz", arrays, {})


def test_strings_round_trip():
    texts = ["", "Ünï", "The Blackbird", "琴"]
    column, bounds = pack_strings(texts)
    assert [unpack_string(column, bounds, i) for i in range(4)] == texts
