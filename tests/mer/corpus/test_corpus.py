"""The corpus: tunes and phrases out of columns, and back from a file."""

import pytest

import mer.corpus.corpus
from mer.corpus.corpus import Corpus, Tune
from mer.corpus.joining import joined_corpus, taken_corpus
from mer.errors import InputError
from mer.notes.key import Key
from mer.notes.melody import Melody


def tune(tune_id, pitch, *, starts=(), collection="mine", title="A title"):
    melody = Melody(
        pitch=pitch,
        onset=[480 * note for note in range(len(pitch))],
        duration=[480] * len(pitch),
        meter=(3, 4),
        key=Key(7),
        downbeat=480,
        tempo_bpm=90.0,
        phrase_starts=starts,
        title=title,
    )
    return Tune(tune_id, title, collection, melody)


@pytest.fixture
def tunes():
    return [
        tune("a", [60, 62, 64, 65, 67], starts=(0, 3), title="Ünï"),
        tune("b", [70, 69], collection="other"),
        tune("c", [50, 52, 54, 55], starts=(0, 1, 2)),
    ]


def test_tunes_and_phrases_come_back(tunes):
    corpus = Corpus.from_tunes(tunes)
    assert list(corpus) == [tunes[0], tunes[1], tunes[2]]
    assert corpus.n_phrases == 2 + 1 + 3
    second = corpus.phrase(1)
    assert (second.tune_id, second.number, second.start, second.stop) == ("a", 2, 3, 5)
    assert second.melody.pitch.tolist() == [65, 67]
    assert second.melody.bar_position.tolist() == tunes[0].melody.bar_position[3:].tolist()
    assert [corpus.phrase(p).number for p in range(6)] == [1, 2, 1, 1, 2, 3]
    assert corpus.find("c") == 2
    assert corpus.collection(1) == "other"


def test_saved_and_loaded_it_is_the_same(tunes, tmp_path):
    corpus = Corpus.from_tunes(tunes)
    corpus.save(tmp_path / "corpus.npz")
    loaded = Corpus.load(tmp_path / "corpus.npz")
    assert list(loaded) == list(corpus)
    assert loaded.phrase_bounds.tolist() == corpus.phrase_bounds.tolist()


def test_a_bit_a_tune_says_where_phrases_are_given_and_nothing_where_none_are(tunes, tmp_path):
    many = [tunes[0]._replace(tune_id=str(n), marked=n % 3 == 0) for n in range(11)]
    corpus = Corpus.from_tunes(many)
    assert corpus.arrays()["texts.marked"].nbytes == 2
    corpus.save(tmp_path / "corpus.npz")
    loaded = Corpus.load(tmp_path / "corpus.npz")
    assert [tune.marked for tune in loaded] == loaded.marked.tolist() == [n.marked for n in many]
    unknown = Corpus.from_tunes(tunes)
    assert "texts.marked" not in unknown.arrays()
    assert unknown.marked.tolist() == [False] * 3
    assert "texts.marked" not in taken_corpus(corpus, [1, 2, 4]).arrays()
    assert joined_corpus([unknown, corpus]).marked.tolist() == [False] * 3 + loaded.marked.tolist()


def test_what_cannot_be_a_corpus_is_refused(tunes):
    with pytest.raises(InputError, match="at least one tune"):
        Corpus.from_tunes([])
    with pytest.raises(InputError, match="share the id 'a'"):
        Corpus.from_tunes([*tunes, tunes[0]])
    with pytest.raises(InputError, match="no tune 'z'"):
        Corpus.from_tunes(tunes).find("z")
    with pytest.raises(InputError, match="unit"):
        Corpus.from_tunes(tunes).columns("bar")


def test_units(tunes):
    corpus = Corpus.from_tunes(tunes)
    assert len(corpus.columns("melody")) == 3
    assert len(corpus.columns("phrase")) == 6
    assert corpus.columns("phrase").meter.shape == (6, 2)


def test_collections_that_two_bytes_cannot_number_are_refused(tunes, monkeypatch):
    monkeypatch.setattr(mer.corpus.corpus, "MOST_COLLECTIONS", 2)
    one, two, three = (
        Corpus.from_tunes([Tune(name, "", name, tunes[0].melody)]) for name in ("a", "b", "c")
    )
    assert joined_corpus([one, two]).collections == ("a", "b")
    with pytest.raises(InputError, match="the tunes are in 3 collections; 2 are supported"):
        joined_corpus([one, two, three])
    with pytest.raises(InputError, match="the tunes are in 3 collections; 2 are supported"):
        Corpus.from_tunes([*one, *two, *three])
