"""A kind of exercise and a level -> what is heard, and what was right about an answer, as HTML.

Plain functions that know nothing of gradio; `app.listen.practice.page` wires them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.pictures.cards import card, player, practice, stage
from app.sound.sounds import Offer, Sounds
from app.visitor.library import Library, Shelf
from app.visitor.motifs import heard_motif, typed_motif
from app.visitor.notation import write_notes
from app.visitor.sessions import Sessions
from generate.plan.expectation import expectation_of
from generate.plan.habits import habits
from generate.prediction import MelodyModel
from generate.prediction.practice.difficulty import LEVELS
from generate.prediction.practice.exercises import (
    Exercise,
    Question,
    draw_exercise,
    draw_question,
)
from generate.prediction.practice.marks import Marks, marks
from generate.sound.instruments import INSTRUMENTS
from generate.sound.performance import DEFAULT_TEMPO_BPM
from mer.corpus.corpus import Corpus
from mer.errors import InputError
from mer.notes.drawing import ACCENT, FADED, escape, piano_roll
from mer.notes.melody import Melody
from mer.notes.names import counted, note_name, transposition_words

SING, WRITE, CONTINUE = "sing", "write", "continue"
KINDS = {SING: "Sing it back", WRITE: "Write it down", CONTINUE: "Which goes on?"}
_ASKED = {
    SING: "Listen, then sing, hum or whistle it into the microphone, in any key.",
    WRITE: "Listen, then write what you heard: names of notes with their lengths.",
}
_NOTHING = "there is no exercise yet; press Another"
_ORDINALS = ("first", "second", "third")


@dataclass(frozen=True)
class Lesson:
    """What a visitor is asked: about a phrase, or how an opening goes on."""

    kind: str
    asked: Exercise | Question


@dataclass(frozen=True)
class Lessons:
    """The actions of the page, bound to what all visitors share."""

    library: Library
    sounds: Sounds
    sessions: Sessions

    def draw(self, kind: str, level: float, shelf: Shelf | None, seed: int) -> Lesson:
        """Return an exercise.

        Raises
        ------
        InputError
            If the kind or the level is unknown, or the corpus has nothing of the kind.
        """
        if kind not in KINDS:
            raise InputError(f"unknown exercise {kind!r}; known: {', '.join(KINDS)}")
        if level not in range(1, LEVELS + 1):
            raise InputError(f"level is {level}; 1 to {LEVELS} is supported")
        index, rng = self.library.index_of(shelf), np.random.default_rng(seed)
        if kind == CONTINUE:
            return Lesson(kind, draw_question(index, int(level), rng))
        model = _model(index.corpus)
        return Lesson(kind, draw_exercise(index, int(level), rng, model))

    def task(self, lesson: Lesson) -> str:
        """Return what is heard and asked, as HTML."""
        if isinstance(lesson.asked, Question):
            return self._question(lesson.asked)
        return self._exercise(lesson.kind, lesson.asked)

    def written(self, lesson: Lesson | None, text: str) -> str:
        """Return what is right about notes that somebody wrote, as HTML.

        Raises
        ------
        InputError
            If there is nothing to compare with, or the text holds no notes.
        """
        phrase = _phrase_of(lesson)
        return _marked(marks(typed_motif(text).melody, phrase), phrase)

    def sung(self, lesson: Lesson | None, recording: str | None, visitor: str) -> str:
        """Return what is right about what somebody sang, as HTML.

        The recording is removed when the visitor leaves.

        Raises
        ------
        InputError
            If there is nothing to compare with, or nothing is heard.
        """
        phrase = _phrase_of(lesson)
        if not recording:
            raise InputError("record something first")
        self.sessions.uploaded(visitor, recording)
        found = marks(heard_motif(Path(recording)).melody, phrase)
        return _marked(found, phrase, timed=False)

    def chosen(self, lesson: Lesson | None, choice: float) -> str:
        """Return whether the chosen continuation is the real one, as HTML.

        Raises
        ------
        InputError
            If there is no such choice.
        """
        if lesson is None or not isinstance(lesson.asked, Question):
            raise InputError(_NOTHING)
        question = lesson.asked
        if choice not in range(len(question.choices)):
            raise InputError(f"there is no continuation {choice}")
        right = int(choice) == question.right
        word = _ORDINALS[question.right]
        verdict = "Right" if right else f"No, it is the {word}"
        title = question.tune.title or "a tune without a title"
        rolls = "".join(
            f"<span>{'the tune' if place == question.right else 'another tune'}, "
            f"the {_ORDINALS[place]}</span>"
            + piano_roll(
                melody,
                label=f"Piano roll of the {_ORDINALS[place]}",
                colours=_colours(
                    melody,
                    [n >= question.begins and place == question.right for n in range(len(melody))],
                ),
            )
            for place, melody in enumerate(question.choices)
        )
        return card(
            "marks",
            heading=f'<span role="status">{verdict}: {escape(title)}</span>',
            line=escape(question.tune.collection),
            body=f'<div class="lanes">{rolls}</div>',
        )

    def _exercise(self, kind: str, exercise: Exercise) -> str:
        phrase = exercise.phrase
        melody = phrase.melody
        facts = [str(exercise.difficulty)]
        if melody.meter is not None:
            facts.append(str(melody.meter))
        if kind == WRITE:
            facts.append(f"it begins with {note_name(int(melody.pitch[0]))}")
        where = f"{phrase.title or 'Untitled'}, phrase {phrase.number}, {phrase.collection}"
        roll = piano_roll(melody, label=f"Piano roll of {where}")
        sound, tempo_bpm = self._heard(melody)
        return card(
            "exercise",
            heading=KINDS[kind],
            line=f"{escape(_ASKED[kind])}<br>{escape(' · '.join(facts))}",
            body=f"{player(sound, 'Play the phrase')}{practice(melody)}"
            '<details class="answer"><summary>Show the notes</summary>'
            f'<p class="line">{escape(where)}</p>{stage(roll, melody, tempo_bpm)}'
            f'<p class="against">{escape(write_notes(melody))}</p></details>',
        )

    def _question(self, question: Question) -> str:
        cards = []
        for place, melody in enumerate(question.choices):
            sound, _ = self._heard(melody)
            word = _ORDINALS[place]
            button = (
                f'<p class="own"><button type="button" data-do="choose" data-choice="{place}">'
                f"The {word} is real</button></p>"
            )
            cards.append(
                card(
                    "exercise",
                    heading=word.capitalize(),
                    line="",
                    body=f"{player(sound, f'Play the {word}')}{button}",
                )
            )
        return (
            f'<section class="results"><h2>{KINDS[CONTINUE]}</h2>'
            '<p class="lead">All begin with the same two bars. One goes on as the tune does; the '
            "others go on as other tunes do, moved to its key.</p>"
            f'<div class="sides">{"".join(cards)}</div></section>'
        )

    def _heard(self, melody: Melody) -> tuple[str, float]:
        """Return where a melody is heard, and how fast: quarter notes a minute."""
        tempo_bpm = melody.tempo_bpm or DEFAULT_TEMPO_BPM
        return self.sounds.offer(Offer(melody, INSTRUMENTS["flute"], tempo_bpm)), tempo_bpm


def _model(corpus: Corpus) -> MelodyModel | None:
    return expectation_of(corpus, habits(corpus.columns("melody"), "major"))


def _phrase_of(lesson: Lesson | None) -> Melody:
    if lesson is None or not isinstance(lesson.asked, Exercise):
        raise InputError(_NOTHING)
    return lesson.asked.phrase.melody


def _colours(melody: Melody, marked: Sequence[bool]) -> list[str]:
    return [ACCENT if marked[note] else FADED for note in range(len(melody))]


def _marked(found: Marks, phrase: Melody, *, timed: bool = True) -> str:
    """Return marks as HTML; what is sung is not judged by its time."""
    right = {note for _, note in found.pairs}
    told = [f"{len(right)} of {counted(found.notes, 'note')} right"]
    if timed:
        told.append(f"{found.in_time} of these in time")
    if found.added:
        told.append(f"{counted(found.added, 'note')} too many")
    all_right = found.all_right or (not timed and len(right) == found.notes and not found.added)
    head = "All right" if all_right else f"{len(right)} of {found.notes}"
    moved = f"Yours lies {transposition_words(found.transposition)}."
    roll = piano_roll(
        phrase,
        label=f"Piano roll of the phrase, {len(right)} right notes marked",
        colours=_colours(phrase, [note in right for note in range(len(phrase))]),
    )
    return card(
        "marks",
        heading=f'<span role="status">{head}</span>',
        line=f"{escape(', '.join(told))}. {escape(moved)}",
        body=f'<div class="strip">{roll}</div>',
    )
