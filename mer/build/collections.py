"""Name of a collection -> where it comes from, who encoded it, under what terms, how it is read.

They lie inside the installed music21 package, beside the corpus pack (`data/themes`), or in a
package that a user installs. Those with `shipped` are in the pack (`data/folk`); the others are
built on the user's machine (``mer corpus build NAME``).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mer.corpus.shipped import data_folder
from mer.errors import InputError
from mer.io.tunebook.tunes import PLAIN, Convention

_DANCE = Convention(marks="sections", align_bars=True, first_endings=False)
_SONG = Convention(marks="lines", key_is_tonic=True)
_THEME = Convention(marks="lines")

_TUNES = (
    "The tunes are in the public domain. The transcriptions come with music21, which distributes "
    "them by permission of the encoders (its corpus/license.txt); their files name no further "
    "terms. Taken over are pitches, durations, metre, key and title only."
)


@dataclass(frozen=True)
class Collection:
    """A body of tunes in an installed package.

    Parameters
    ----------
    name, title
        The key in `COLLECTIONS`, and what a reader calls it.
    source, year
        The printed book, and when it appeared.
    encoders
        Who typed the notes, as the files name them.
    licence
        Why it may be used, and how far.
    shipped
        Whether it is in the corpus pack.
    pattern
        Its files, below the folder of `home`.
    files
        How many files there are.
    reader
        ``"tunebook"``, ``"chorale"`` or ``"cantus"``: see `mer.build.batches.READERS`.
    id_format
        Makes the identifier of a tune from ``stem`` and ``file`` (name and place of its file) and
        ``number`` (its X number).
    convention
        How the collection uses ABC.
    home
        Where its files are, a key of `HOMES`: ``"music21"`` and ``"pycantus"`` in the data of these
        packages, ``"mer"`` in that of this one.
    """

    name: str
    title: str
    source: str
    year: str
    encoders: str
    licence: str
    shipped: bool
    pattern: str
    files: int
    reader: str
    id_format: str
    convention: Convention = PLAIN
    home: str = "music21"


_ALL = (
    Collection(
        name="oneills",
        title="O'Neill's Music of Ireland",
        source="Francis O'Neill, O'Neill's Music of Ireland (1850 melodies), Chicago",
        year="1903",
        encoders=(
            "Henrik Norbeck, Bob Safranek, Trish O'Neil, John Chambers, Dan G. Petersen, Michael "
            "Hogan, Stephen Foy, John B. Walsh, Tom Keays, Chris Falt, Dave Wooldridge, Norbert "
            "Paap, Robert Thorpe, A. Lee Worman, Michael D. Long, Nick Terhorst, Ted Hastings and "
            "others"
        ),
        licence=_TUNES,
        shipped=True,
        pattern="oneills1850/*.abc",
        files=39,
        reader="tunebook",
        id_format="oneills-{number:04d}",
        convention=_DANCE,
    ),
    Collection(
        name="ryans",
        title="Ryan's Mammoth Collection",
        source="William Bradbury Ryan, Ryan's Mammoth Collection of Fiddle Tunes, Boston",
        year="1883",
        encoders="Ray Davies, John Chambers, John B. Walsh, Bob Puckette, Ivan Bradley and others",
        licence=_TUNES,
        shipped=True,
        pattern="ryansMammoth/*.abc",
        files=1059,
        reader="tunebook",
        id_format="ryans-{file:04d}",
        convention=_DANCE,
    ),
    Collection(
        name="aird",
        title="Aird's Airs",
        source="James Aird, A Selection of Scotch, English, Irish and Foreign Airs, Glasgow",
        year="1778-1801",
        encoders="Jack Campin (2003-2009)",
        licence=_TUNES,
        shipped=True,
        pattern="airdsAirs/*.abc",
        files=6,
        reader="tunebook",
        id_format="aird-{number:04d}",
        convention=_DANCE,
    ),
    Collection(
        name="misc",
        title="Northumbrian and American tunes",
        source=(
            "J. Collingwood Bruce and John Stokoe, Northumbrian Minstrelsy, Newcastle; American "
            "fife music of the colonial period and the Civil War"
        ),
        year="1882; before 1865",
        encoders="Jack Campin (2000, 2007)",
        licence=_TUNES,
        shipped=True,
        pattern="miscFolk/*.abc",
        files=2,
        reader="tunebook",
        id_format="misc-{stem}-{number:04d}",
        convention=_DANCE,
    ),
    Collection(
        name="chorales",
        title="Bach chorales (soprano)",
        source="Johann Sebastian Bach, four-part chorales; the tunes are by many hands",
        year="1524-1750",
        encoders="Margaret Greentree (2003-2004) and the music21 project",
        licence=(
            "Tunes and settings are in the public domain. The scores come with music21 by "
            "permission of the encoder; taken over are pitches, durations, fermatas, metre, key "
            "and title of the soprano only."
        ),
        shipped=True,
        pattern="bach/bwv*.[mx][xm]l",
        files=410,
        reader="chorale",
        id_format="bach-{stem}",
    ),
    Collection(
        name="themes",
        title="Famous themes",
        source=(
            "What many know by heart: classical, opera, carols, hymns, anthems, nursery and folk "
            "songs; composer and work stand above each in data/themes"
        ),
        year="before 1929",
        encoders="written for this project",
        licence=(
            "The tunes are in the public domain: their composers died before 1955, and they were "
            "known before 1929. The transcriptions were written for this project and are given "
            "away under CC0 1.0 (data/themes/LICENCE.md)."
        ),
        shipped=True,
        pattern="themes/*.abc",
        files=11,
        reader="tunebook",
        id_format="themes-{stem}-{number:02d}",
        convention=_THEME,
        home="mer",
    ),
    Collection(
        name="essen",
        title="Essen folksong collection",
        source="Helmut Schaffrath and Ewa Dahlig-Turek, Essen Associative Code database",
        year="1982-",
        encoders="H. Schaffrath and others (EsAC); Seymour Shlien (ABC)",
        licence=(
            "For non-commercial use only (E. Dahlig-Turek's permission in music21's "
            "corpus/essenFolksong/license.txt). Not shipped: built from the installed music21."
        ),
        shipped=False,
        pattern="essenFolksong/[!t]*.abc",
        files=27,
        reader="tunebook",
        id_format="essen-{stem}-{number:04d}",
        convention=_SONG,
    ),
    Collection(
        name="chant",
        title="CantusCorpus",
        source="Cantus Index: chants of the Latin office and mass, as manuscripts have them",
        year="9th to 19th century",
        encoders="the contributors to the Cantus databases; CantusCorpus 1.0, Jan Hajič and others",
        licence=(
            "CC BY-NC-SA 4.0, for non-commercial use. Not shipped: built from the package "
            "pycantus, which a user installs with 'pip install --no-deps pycantus'."
        ),
        shipped=False,
        pattern="cantuscorpus_v1.0/chants.csv",
        files=1,
        reader="cantus",
        id_format="cantus-{number:06d}",
        home="pycantus",
    ),
)
COLLECTIONS: dict[str, Collection] = {collection.name: collection for collection in _ALL}
SHIPPED_NAMES: tuple[str, ...] = tuple(c.name for c in _ALL if c.shipped)


def collection_named(name: str) -> Collection:
    """Return a collection by name.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> collection_named("aird").year
    '1778-1801'
    """
    if name not in COLLECTIONS:
        raise InputError(f"unknown collection {name!r}; known: {', '.join(COLLECTIONS)}")
    return COLLECTIONS[name]


def music21_corpus() -> Path:
    """Return the folder of music21's corpus, found without importing music21.

    Raises
    ------
    InputError
        If music21, or its corpus, is not installed.
    """
    return _inside("music21", "corpus", "pip install music21")


def cantus_corpus() -> Path:
    """Return the folder of the data sets of pycantus, found without importing it.

    Raises
    ------
    InputError
        If pycantus, or its data, is not installed.
    """
    return _inside("pycantus", "dataset_files", "pip install --no-deps pycantus")


def _inside(package: str, below: str, command: str) -> Path:
    spec = importlib.util.find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    if not folders:
        raise InputError(f"{package} is not installed; install it with '{command}'")
    folder = Path(folders[0]) / below
    if not folder.is_dir():
        raise InputError(f"the installed {package} has no {below}: {folder} is missing")
    return folder


# Where collections lie. The functions are looked up when they are called.
HOMES: dict[str, Callable[[], Path]] = {
    "music21": lambda: music21_corpus(),
    "pycantus": lambda: cantus_corpus(),
    "mer": data_folder,
}


def source_files(collection: Collection) -> Iterator[Path]:
    """Return the files of a collection, sorted by name.

    Raises
    ------
    InputError
        If there are none, or the package that holds them is not installed.
    """
    folder = HOMES[collection.home]()
    found = sorted(folder.glob(collection.pattern))
    if not found:
        raise InputError(f"no file of {collection.title} in {folder}: {collection.pattern}")
    return iter(found)
