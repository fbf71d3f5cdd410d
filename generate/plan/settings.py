"""Settings of a composition, checked when they are made."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

from generate.piece.given_chords import NO_CHORDS
from generate.plan.verbs import MOST_BARS, USUAL_VERB, check_taken, verb_named
from mer.errors import InputError
from mer.notes.chord_names import chord_bars
from mer.notes.key import Key
from mer.notes.names import pitch_name

# What may choose the pitches.
MODELS = ("mixture", "chain")
_WHOLE = ("bars", "k", "low", "high", "max_copy", "max_copy_pitch", "first_note", "last_note")
# Longest run, in notes, that may be shared with a tune where nothing else is asked for.
USUAL_COPY_BOUND = 8


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What is asked of a composition.

    Parameters
    ----------
    verb
        What is made of the motif: a name in `generate.plan.verbs.VERBS`. Not every verb takes
        every setting (`generate.plan.verbs.TAKEN_BY`).
    bars
        Length in bars, the pick-up not counted; None follows the motif, which is heard whole and
        then answered (`generate.plan.verbs.usual_bars`).
    k
        How many neighbours are retrieved.
    key
        Target key, or its name, such as ``"D minor"``; None keeps the motif's.
    low, high
        Lowest and highest MIDI number; None places a range around the motif, of about two octaves
        where notes are drawn one by one, of a twelfth for ``vary``, ``morph`` and ``stitch``.
    max_copy
        Longest run, in notes, that may be shared with a corpus tune. None stands for the verb's
        own bound: 8 notes, except that ``stitch``, which quotes phrases and cites them, has none.
    max_copy_pitch
        Longest run, in notes, that may be shared with a corpus tune whatever its rhythm, 6 to 64;
        None for no such bound.
    tempo_bpm
        Quarter notes a minute, 4 to 1000; None keeps the motif's. What people write is beats a
        minute: `generate.plan.brief.at_tempo`.
    end_on_tonic
        Whether the last note is the tonic, unless `last_note` says otherwise.
    open_with_motif
        Whether the motif stands at the beginning; None for what the verb does: only ``answer``
        leaves it out.
    form
        Such as ``"A A' B A''"`` (see `generate.plan.form`); None borrows a neighbour's plan
        (see `generate.plan.plan`).
    scale
        Scale of new notes (see `generate.piece.scales.scale_of`); None takes the key's or the
        motif's.
    first_note, last_note
        MIDI number of the first and of the last note; None leaves them free.
    cadence
        How the piece ends, in its last two notes and the last two chords under it: a name in
        `generate.piece.cadences.CADENCES`; None only sees to the tonic. Chords that are given stay.
    surprise
        Mean information content that new notes should have: bits per note, or a name in
        `generate.markov.surprise.LEVELS`; None leaves the chain as it is.
    model
        What chooses among the pitches that the constraints leave: ``"mixture"``, the predictive
        model of the corpus together with the chain of the neighbours, or ``"chain"``, the latter
        alone, which is quicker and exact. A surprise that is asked for bends the chain alone.
    keep_rhythm
        Whether new notes take the rhythm of the motif, or of the piece that they are put into.
    chords
        The chords of the piece, such as ``"Am F C G"``, one a bar and again and again, or bar by
        bar: ``"Am F | C G7"``. Where notes are drawn one by one, new ones on strong places belong
        to them. None takes the chords of the song that the motif is from, where it has any, and
        chooses the others; ``"none"`` chooses all.

    Raises
    ------
    InputError
        If a value is outside its limits or of the wrong type, or the verb does not take it.
    """

    verb: str = USUAL_VERB
    bars: int | None = None
    k: int = 12
    key: Key | str | None = None
    low: int | None = None
    high: int | None = None
    max_copy: int | None = None
    max_copy_pitch: int | None = None
    tempo_bpm: float | None = None
    end_on_tonic: bool = True
    open_with_motif: bool | None = None
    form: str | None = None
    scale: str | None = None
    first_note: int | None = None
    last_note: int | None = None
    cadence: str | None = None
    surprise: float | str | None = None
    model: str = "mixture"
    keep_rhythm: bool = False
    chords: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _as_key(self.key))
        for name in ("verb", "form", "scale", "cadence", "chords"):
            if not isinstance(getattr(self, name), str if name == "verb" else str | None):
                raise InputError(f"{name} is {getattr(self, name)!r}; a name in quotes is needed")
        if self.model not in MODELS:
            raise InputError(f"unknown model {self.model!r}; choose one of {', '.join(MODELS)}")
        _within("bars", self.bars, 1, MOST_BARS)
        _within("k", self.k, 1, 200)
        _within("low", self.low, 0, 127)
        _within("high", self.high, 0, 127)
        _within("max-copy", self.max_copy, 2, 64)
        _within("max-copy-pitch", self.max_copy_pitch, 6, 64)
        _within("tempo", self.tempo_bpm, 4, 1000, whole=False)
        _within("first", self.first_note, 0, 127)
        _within("last", self.last_note, 0, 127)
        if not isinstance(self.surprise, str):
            _within("surprise", self.surprise, 0, 12, whole=False)
        if self.chords not in (None, NO_CHORDS):
            chord_bars(self.chords)
        verb_named(self.verb)
        check_taken(self.verb, self._asked())
        for name in _WHOLE:
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else int(value))
        if self.low is not None and self.high is not None and self.high - self.low < 7:
            low, high = pitch_name(self.low), pitch_name(self.high)
            if self.low > self.high:
                raise InputError(f"low {low} is above high {high}")
            raise InputError(
                f"the range {low} to {high} spans {self.high - self.low} semitones; "
                "at least 7 (a fifth) are needed"
            )

    def _asked(self) -> list[str]:
        """Return the options that are asked for and that not every verb takes."""
        wished = {
            "bars": self.bars,
            "form": self.form,
            "scale": self.scale,
            "cadence": self.cadence,
            "first": self.first_note,
            "last": self.last_note,
            "surprise": self.surprise,
            "keep-rhythm": self.keep_rhythm or None,
            "model": None if self.model == MODELS[0] else self.model,
        }
        return [option for option, value in wished.items() if value is not None]

    @property
    def opens(self) -> bool:
        """Whether the motif stands at the beginning: as asked for, or as the verb does."""
        if self.open_with_motif is None:
            return verb_named(self.verb).opens
        return self.open_with_motif

    @property
    def counterpart(self) -> bool:
        """Whether a counterpart of the motif's length is written (`generate.plan.verbs.Verb`)."""
        return verb_named(self.verb).counterpart

    @property
    def target_key(self) -> Key | None:
        """The key that is asked for, as a `Key`."""
        return _as_key(self.key)

    @property
    def copy_bound(self) -> int:
        """Longest run that new or varied notes may share with a tune: as asked for, or 8."""
        return self.max_copy or USUAL_COPY_BOUND


def _as_key(key: object) -> Key | None:
    if isinstance(key, str):
        return Key.parse(key)
    if key is None or isinstance(key, Key):
        return key
    raise InputError(f"key is {key!r}; give a Key, or a name such as 'D minor'")


def _within(name: str, value: float | None, low: int, high: int, *, whole: bool = True) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
        what = "a whole number" if whole else "a number"
        raise InputError(f"{name} is {value!r}; {what} from {low} to {high} is needed")
    if not low <= value <= high:
        raise InputError(f"{name} is {value}; {low} to {high} is supported")
