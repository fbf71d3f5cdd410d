"""Benchmarks of several repertoires: peers, twins, causes and loaders, on made miniatures."""

import csv
import importlib
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from mer.errors import InputError
from mer.evaluation.labelled import load_labelled, save_labelled
from mer.io import save_melody
from mer.notes.columns import Columns
from mer.notes.melody import Melody
from mer.search.stack.methods import EVEN_ALIGNED, METHODS, rank
from mer.search.stack.pool import Pool

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"
OPENING = "1---d--f--fg--g---g--f---h--g---g--"
PIECE = [60, 62, 64, 65, 67, 72, 71, 69, 60, 62, 64, 65, 67, 55, 57, 59]


@pytest.fixture
def module() -> Iterator[object]:
    """Lend modules, which lie in no package."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(FOLDER))


def even(pitch: list[int], **more: object) -> Melody:
    return Melody(
        pitch=pitch, onset=np.arange(len(pitch)) * 480, duration=[480] * len(pitch), **more
    )


def chants(rows: list[tuple[str, str, str, str]]) -> list[dict[str, str]]:
    names = ("cantus_id", "siglum", "genre", "melody")
    return [
        dict(zip(names, row, strict=True)) | {"chantlink": str(number), "incipit": "Ave"}
        for number, row in enumerate(rows)
    ]


def test_a_family_has_one_chant_a_source_and_four_sources(module: ModuleType) -> None:
    chant_families = module("chant_families")
    closed = OPENING + "h--g--f--d---4---h--h--g---3"
    rows = [("1", source, "A", closed) for source in "abcd"]
    rows += [("1", "a", "A", OPENING + "h--g--f--d--d---4")]  # longer: it replaces the first of a
    rows += [("2", source, "A", closed) for source in "abc"]  # three sources
    rows += [("3", source, "A", OPENING + "h--g") for source in "abcd"]  # cues
    rows += [("4", source, "R", closed) for source in "abcd"]  # no antiphons
    held = chant_families.families(chants(rows))
    assert list(held) == ["1"]
    assert sorted(len(c.melody) for c in held["1"].values()) == [14, 14, 14, 15]
    assert not any(c.melody.rhythm_known for c in held["1"].values())
    assert set(chant_families.families(chants(rows), cues=True)) == {"1", "3"}
    whole = chant_families.families(chants(rows), whole=True)
    assert {len(c.melody) for c in whole["1"].values()} == {17}


def test_halves_are_apart_and_drawn_by_the_seed(module: ModuleType) -> None:
    chant_families = module("chant_families")
    closed = OPENING + "h--g--f--d---4"
    rows = [(str(name), source, "A", closed) for name in range(9) for source in "abcd"]
    held = chant_families.families(chants(rows))
    first, second = chant_families.halves(held, 4, 0)
    again = chant_families.halves(held, 4, 0)
    assert (first, second) == again
    assert not {c.family for c in first} & {c.family for c in second}
    assert len(first) == len(second) == 16
    with pytest.raises(InputError, match="9 families"):
        chant_families.halves(held, 5, 0)


def test_a_table_without_its_columns_is_refused(module: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "sources.csv"
    file.write_text("title,siglum\nx,y\n")
    with pytest.raises(InputError, match=r"sources.csv: has no column 'chantlink'"):
        module("chant_families").read_rows(file)


def test_unknown_rhythm_is_kept_in_labelled_files(module: ModuleType, tmp_path: Path) -> None:
    chant_families = module("chant_families")
    closed = OPENING + "h--g--f--d---4"
    held = chant_families.families(chants([("1", source, "A", closed) for source in "abcd"]))
    save_labelled(held["1"].values(), tmp_path / "chant.jsonl")
    kept = [item.melody for item in load_labelled(tmp_path / "chant.jsonl")]
    assert kept == [replace(c.melody, title="Ave") for c in held["1"].values()]


def test_twins_are_neither_looked_for_nor_ranked(module: ModuleType) -> None:
    repertoires = module("repertoires")
    keys = np.array([0, 0, 1, 2])
    # The twin 1 comes first, the unrelated 3 second, the relevant 2 last.
    row = repertoires.reached(lambda query: np.array([1, 3, 2]), {0: np.array([1, 2])}, keys)
    assert row.twins.tolist() == [pytest.approx((1 + 2 / 3) / 2)]
    assert row.figures["map"].tolist() == [0.5]
    only = repertoires.reached(lambda query: np.array([1, 3, 2]), {0: np.array([1])}, keys)
    assert only.twins.tolist() == [1.0]
    assert np.isnan(only.figures["map"]).all()


def test_peers_hear_a_tune_moved_and_count_by_hand(module: ModuleType) -> None:
    peers = module("peers")
    tune = even([60, 62, 64, 65, 67, 65, 64, 62])
    other = even([60, 72, 60, 71, 61, 70, 62, 69])
    pool = Pool([tune, other, tune.transpose(4)])
    for peer in (peers.opti3, peers.spline_shape, peers.music21_search):
        assert peer(pool)(0)[0] in ([2] if peer is not peers.music21_search else [1, 2])
    # Opposite shapes cost so much that gaps are better: one span of two is what they share.
    table = np.array([[1.0, -8.0], [-8.0, 1.0]])
    totals = peers.local_totals(np.array([0, 1, 0]), [np.array([0, 0, 0]), np.array([1])], table)
    assert totals.tolist() == [1.0, 1.0]
    harmonies = peers.implied_harmonies(Columns.from_melodies([tune, tune.transpose(4)]))
    assert harmonies[0].tolist() == harmonies[1].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_local_totals_against_enumeration(module: ModuleType, seed: int) -> None:
    peers = module("peers")
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(3, 3))
    query, others = rng.integers(0, 3, 5), [rng.integers(0, 3, size) for size in (1, 4, 6)]

    def best(other: np.ndarray) -> float:
        totals = np.zeros((len(query) + 1, len(other) + 1))
        for i, j in np.ndindex(len(query), len(other)):
            here = totals[i, j] + table[query[i], other[j]]
            totals[i + 1, j + 1] = max(0, here, totals[i, j + 1] - 1, totals[i + 1, j] - 1)
        return float(totals.max())

    found = peers.local_totals(query, others, table)
    assert found == pytest.approx([best(other) for other in others])


def test_folders_are_families(module: ModuleType, tmp_path: Path) -> None:
    tune_sets = module("tune_sets")
    for name in ("song/a.mid", "song/b.mid", "other/a.mid"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        save_melody(even([60, 62, 64, 65, 67, 65]), tmp_path / name)
    (tmp_path / "song" / "c.mid").write_bytes(b"no music")
    kept, left = tune_sets.melodies(tune_sets.folder_files(tmp_path), "folders")
    assert [(item.id, item.family) for item in kept] == [
        ("other/a.mid", "other"),
        ("song/a.mid", "song"),
        ("song/b.mid", "song"),
    ]
    assert len(left) == 1
    assert "c.mid" in left[0]


def test_pop909_takes_the_track_of_the_melody(module: ModuleType, tmp_path: Path) -> None:
    import pretty_midi

    tune_sets = module("tune_sets")
    midi = pretty_midi.PrettyMIDI(resolution=480)
    for name, pitches in (("PIANO", [36] * 6), ("MELODY", [60, 62, 64, 65, 67, 65])):
        part = pretty_midi.Instrument(0, name=name)
        part.notes = [
            pretty_midi.Note(90, pitch, at * 0.5, at * 0.5 + 0.5)
            for at, pitch in enumerate(pitches)
        ]
        midi.instruments.append(part)
    (tmp_path / "001" / "versions").mkdir(parents=True)
    midi.write(str(tmp_path / "001" / "001.mid"))
    midi.write(str(tmp_path / "001" / "versions" / "001-v1.mid"))
    kept, left = tune_sets.melodies(tune_sets.pop909_files(tmp_path), "pop909")
    assert not left
    assert [item.family for item in kept] == ["001", "001"]
    assert kept[0].melody.pitch.tolist() == [60, 62, 64, 65, 67, 65]


def test_meertens_songs_by_their_table(module: ModuleType, tmp_path: Path) -> None:
    kern = "**kern\n*M4/4\n4c\n4d\n4e\n4f\n=\n4g\n4f\n2e\n*-\n"
    (tmp_path / "NLB000001_01.krn").write_text(kern)
    (tmp_path / "labels.csv").write_text("NLB000001_01,Heer_1\nNLB000002_01,Heer_1\n")
    tune_sets = module("tune_sets")
    files = tune_sets.mtc_files(tmp_path, tmp_path / "labels.csv")
    kept, _ = tune_sets.melodies(files, "mtc")
    assert [(item.id, item.family) for item in kept] == [("NLB000001_01", "Heer_1")]
    assert kept[0].melody.pitch.tolist() == [60, 62, 64, 65, 67, 65, 64]


def test_weimar_solos_by_the_beat(module: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "wjazzd.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE solo_info (melid INT, performer TEXT, title TEXT)")
        connection.execute(
            "CREATE TABLE melody (eventid INT, melid INT, onset REAL, pitch REAL, duration REAL, "
            "beatdur REAL)"
        )
        connection.execute("INSERT INTO solo_info VALUES (7, 'Somebody', 'Blues')")
        rows = [(1, 7, 3.0, 60, 0.2, 0.4), (2, 7, 3.4, 62, 0.4, 0.4), (3, 7, 3.6, 64, 0.1, 0.4)]
        connection.executemany("INSERT INTO melody VALUES (?, ?, ?, ?, ?, ?)", rows)
    tune_sets = module("tune_sets")
    (solo,) = tune_sets.solos(file)
    assert (solo.id, solo.family, solo.titles) == ("weimar-7", None, ("Somebody: Blues",))
    assert solo.melody.onset.tolist() == [0, 480, 720]
    assert solo.melody.duration.tolist() == [240, 240, 120]
    (tmp_path / "no.db").write_text("no")
    with pytest.raises(InputError, match="is no Weimar Jazz Database"):
        tune_sets.solos(tmp_path / "no.db")


def test_jku_motifs_are_found_in_their_piece(module: ModuleType, tmp_path: Path) -> None:
    motif_in_piece = module("motif_in_piece")
    inner = tmp_path / "groundTruth" / "piece" / "monophonic"
    (inner / "csv").mkdir(parents=True)
    rows = [[at, pitch, 60, 1, 0] for at, pitch in enumerate(PIECE)]
    np.savetxt(inner / "csv" / "piece.csv", rows, delimiter=",", fmt="%g")
    places = inner / "repeatedPatterns" / "someone" / "A" / "occurrences" / "csv"
    places.mkdir(parents=True)
    for number, start in enumerate((0, 8), start=1):
        np.savetxt(places / f"occ{number}.csv", rows[start : start + 5], delimiter=",", fmt="%g")
    (piece,) = motif_in_piece.jku_pieces(tmp_path)
    assert piece.motifs == {
        "someone/A": [motif_in_piece.Place(0, 0, 5), motif_in_piece.Place(0, 8, 13)]
    }
    found = motif_in_piece.measure(iter([piece]), ["by-pitch"], 5)
    assert found["by-pitch"].tolist() == [[1.0, 1.0, 1.0]]


def test_motifs_of_sonatas_lie_in_their_staff(module: ModuleType, tmp_path: Path) -> None:
    motif_in_piece = module("motif_in_piece")
    for name in ("csv_notes", "csv_label"):
        (tmp_path / name).mkdir()
    above = [[at - 1, 84, 80, 1, 0, 0, ""] for at in range(16)]
    below = [
        [at - 1, pitch, 60, 1, 1, 0, "a" if at < 5 or 8 <= at < 13 else ""]
        for at, pitch in enumerate(PIECE)
    ]
    with (tmp_path / "csv_notes" / "01-1.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(sorted(above + below))
    label = "start,end,type,measure\n-1,4,a,0\n7,12,a,2\n"
    (tmp_path / "csv_label" / "01-1.csv").write_text(label)
    (piece,) = motif_in_piece.bps_pieces(tmp_path)
    assert piece.motifs == {"a": [motif_in_piece.Place(1, 0, 5), motif_in_piece.Place(1, 8, 13)]}
    assert piece.lines[0].pitch.tolist() == [84] * 16


def test_a_failure_is_explained_and_drawn(module: ModuleType, tmp_path: Path) -> None:
    failures = module("failures")
    rng = np.random.default_rng(0)
    tunes = [even(rng.integers(55, 80, 20).tolist()) for _ in range(12)]
    # The second of the family is another melody altogether, the third a part of the first.
    tunes[2] = tunes[0].cut(0, 8)
    pool, keys = Pool(tunes), np.arange(len(tunes))
    (one,) = failures.failures(pool, {0: np.array([1])}, keys, "full-noexpand", 20)
    assert (one.query, one.missed, one.cause) == (0, 1, "another melody")
    (one,) = failures.failures(pool, {0: np.array([2])}, keys, "full-noexpand", 20)
    assert one.cause == "length"
    assert "40%" in one.sentence
    items = [failures.Labelled(str(n), None, tune) for n, tune in enumerate(tunes)]
    failures.draw([one], pool, items, tmp_path)
    assert "40%" in (tmp_path / "01.svg").read_text()


def test_a_pool_without_rhythm_counts_alignment_for_more() -> None:
    chant = Pool([even([60, 62, 64, 65, 67]), even([60, 67, 64, 72, 60])])
    views, aligned = METHODS["full-noexpand"].shares(chant)
    assert set(views) == {"interval", "contour", "vector"}
    assert sum(views.values()) + sum(aligned.values()) == pytest.approx(1.0)
    assert sum(aligned.values()) == pytest.approx(sum(EVEN_ALIGNED.values()))
    assert set(METHODS["ngram"].shares(chant)[0]) == {"interval", "contour"}
    assert rank(chant, chant.columns.melody(1).transpose(2), "full").numbers.tolist() == [1, 0]


def test_the_nearest_transposition_of_each_melody_counts(module: ModuleType) -> None:
    trained = module("trained_peer")
    rows = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, -2.0]])
    found = trained.nearest(np.array([0.0, 5.0]), rows, np.array([0, 0, 1]), 3)
    assert found == pytest.approx([0.8, -1.0, -1.0])


def test_a_peer_that_is_not_installed_says_where_to_look(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = module("trained_peer")
    monkeypatch.setattr(trained, "find_spec", lambda name: None)
    with pytest.raises(InputError, match="trained_peer"):
        trained.midisimx(Pool([even([60, 62, 64])]))
