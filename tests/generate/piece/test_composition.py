import numpy as np
import pytest

from generate.piece.composition import Fragment, Source, statement_runs
from generate.piece.places import Place
from mer.errors import InputError
from mer.notes.melody import Melody

TUNE = Melody(pitch=np.array([60, 62, 64]), onset=np.arange(3), duration=np.ones(3, dtype=int))
FRAGMENT = Fragment(TUNE, tuple(Source("corpus", note, 5, "a1", 2) for note in (4, 5, 6)))


def test_transposing_keeps_the_citations_true() -> None:
    up = FRAGMENT.transpose(3)
    assert up.melody.pitch.tolist() == [63, 65, 67]
    assert [source.transposition for source in up.sources] == [8, 8, 8]


def test_changed_pitches_cite_the_operator() -> None:
    changed = FRAGMENT.with_pitch(np.array([60, 61, 64]), "snap")
    assert [source.operators for source in changed.sources] == [(), ("snap",), ()]
    assert changed.sources[1].transposition == 4


def test_cut_takes_the_sources_along() -> None:
    assert [source.note for source in FRAGMENT.cut(1, 3).sources] == [5, 6]


def test_statements_end_where_the_motif_does_not_go_on() -> None:
    notes = [0, 1, 2, 0, 1, 3]
    sources = [Source("motif", note, 0) for note in notes]
    sources.insert(3, Source("motif", 3, 0, operators=("inversion",)))
    sources.append(Source("motif", 4, 0, rhythm=Place("a1", 1, 0)))
    assert statement_runs(sources).tolist() == [0, 0, 0, -1, 1, 1, 2, -1]


def test_a_notebook_shows_what_each_note_cites() -> None:
    sources = [Source("motif", 0, 0), *[Source("corpus", n, 0, "<a>", 1) for n in (4, 5)]]
    melody = Melody(pitch=[60, 62, 64], onset=[0, 480, 960], duration=[480] * 3)
    shown = Fragment(melody, tuple(sources))._repr_html_()
    assert shown.count("<rect") == 3
    assert "<title>D: &lt;a&gt;, note 5</title>" in shown
    assert shown.index("&lt;a&gt;</td><td>2</td>") < shown.index("motif</td><td>1</td>")
    assert "<a>" not in shown


def test_refusals() -> None:
    with pytest.raises(InputError, match="3 notes have 1 sources"):
        Fragment(TUNE, (Source("motif", 0, 0),))
    with pytest.raises(InputError, match="'dream'"):
        Source("dream", 0, 0)
