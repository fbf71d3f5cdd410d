"""What is noted of a collection is said; what is not known is not made up."""

from app.pictures.sources import manifest, source_of
from app.visitor.library import OWN


def test_what_is_noted_is_said_and_no_more() -> None:
    entry = {"source": "A book", "year": "1850", "encoders": "A. B.", "licence": "Free."}
    source = source_of("Airs", {"Airs": entry})
    assert (source.book, source.encoders, source.licence) == ("A book, 1850", "A. B.", "Free.")
    assert source_of("Airs", {"Airs": {"source": "A book"}}).book == "A book"
    bare = source_of("Jigs", {"Airs": entry})
    assert (bare.book, bare.encoders) == ("", "")
    assert "No licence is noted" in bare.licence


def test_a_theme_has_its_composer_and_work() -> None:
    noted = manifest()
    works = noted["Famous themes"]["works"]
    assert len(works) == noted["Famous themes"]["tunes"]
    assert all(": " in work for work in works.values())
    named = source_of("Famous themes", noted, "themes-america-01")
    assert named.book == "Stephen Foster (1826-1864): Song, 1848"
    assert "CC0" in named.licence
    assert source_of("Aird's Airs", noted, "aird-0001").book.startswith("James Aird")


def test_own_files_are_the_visitors_whatever_is_noted() -> None:
    assert source_of(OWN, {OWN: {"licence": "Free."}}).licence.startswith("Yours")


def test_every_shipped_collection_has_a_source_and_a_licence() -> None:
    noted = manifest()
    assert len(noted) > 4
    for title in noted:
        source = source_of(title, noted)
        assert source.book
        assert source.encoders
        assert "public domain" in source.licence
