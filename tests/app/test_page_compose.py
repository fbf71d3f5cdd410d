"""The first page in headless Chromium with no network: open, take a motif, compose, listen, refuse.

What comes after a take (re-roll, link, next motif) is in `test_page_takes.py`.
"""

import io
import re
import wave
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.visitor.notation import read_notes
from mer.io import save_melody, save_sheet
from mer.io.sheet.sheet import Part, Sheet
from mer.notes.melody import Melody
from mer.notes.names import note_number

TUNE = Melody(
    pitch=[67, 71, 74, 71, 72, 69, 66, 69, 67],
    onset=[0, 240, 480, 720, 960, 1200, 1440, 1680, 1920],
    duration=[240] * 8 + [480],
    meter=(4, 4),
)
ABC = "X:1\nT:Typed tune\nM:4/4\nL:1/8\nK:G\nGBdB cAFA|G2|]\n"
KERN = "**kern\n*M4/4\n8g\n8b\n8dd\n8b\n8cc\n8a\n8f#\n8a\n=\n4g\n*-\n"


TWO_STRAINS = """X:1
T:Two strains
M:4/4
L:1/8
K:G
GABc d2d2|e2d2 B4|GABc d2e2|d2B2 A4|GABc d2d2|e2d2 B4|A2B2 A2F2|G4 G4|
d2e2 d2B2|c2d2 c2A2|d2e2 d2B2|A2B2 A4|d2e2 d2B2|c2d2 c2A2|GABc d2F2|G4 G4|]
"""


def samples_of(contents: bytes) -> np.ndarray:
    """Return the samples of a WAV or MP3 file, shape (frames, 2)."""
    if not contents.startswith(b"RIFF"):
        soundfile = pytest.importorskip("soundfile")
        samples, rate = soundfile.read(io.BytesIO(contents))
        assert samples.shape[1] == 2
        assert rate in (44_100, 48_000)
        return np.asarray(samples)
    with wave.open(io.BytesIO(contents)) as file:
        assert file.getnchannels() == 2
        assert file.getframerate() in (44_100, 48_000)
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return frames.astype(float).reshape(-1, 2) / 32_768


def pitch_of(contents: bytes) -> int:
    """Return the MIDI number of the lowest strong tone in the first third of a second of an MP3."""
    rate = pytest.importorskip("soundfile").info(io.BytesIO(contents)).samplerate
    samples = samples_of(contents)
    heard = samples[rate // 20 : rate // 3].mean(axis=1)
    power = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 2**17))
    first = int(np.flatnonzero(power > 0.2 * power.max())[0])
    peak = first + int(power[first : first + 60].argmax())
    return round(69 + 12 * np.log2(peak * rate / 2**17 / 440))


def a_b_part_for_a_tune(opened: Any) -> None:
    """Paste a tune, have a B part written that keeps its A part, practise with it, take it home."""
    page = opened.page
    page.get_by_text("B part", exact=True).click()
    page.locator("#notes textarea").fill(TWO_STRAINS)
    page.locator("#use-notes").click()
    opened.motif_named("Two strains")
    # The whole tune is there; its first strain is the motif, and that is said.
    assert "bars 1 to 8 of 16" in page.locator("#motif-card .line").inner_text()
    assert page.locator("#motif-card .bar").count() == 16
    assert page.locator("#motif-card .bar[aria-pressed=true]").count() == 8
    assert page.locator("#motif-card .roll rect").count() == 64
    assert page.locator("#motif-card .roll .faded").count() == 64 - 33
    opened.done()
    take = page.locator("#takes .take-0")
    assert take.locator(".lock").count() == 16
    page.wait_for_function("document.querySelector('#takes .take-0 audio').currentTime > 0")
    abc = opened.served("#takes .take-0 [data-kind=abc]", "href").decode()
    a_part = [note for note in read_abc(abc) if note[0] < 8 * 4 * 480]
    assert a_part == [note for note in read_abc(TWO_STRAINS) if note[0] < 8 * 4 * 480]

    # A drag over bars loops them; slower, and at the same pitch.
    roll = take.locator(".roll").bounding_box()
    bars = [take.locator(f".lock[data-bar='{bar}']").bounding_box() for bar in (9, 12)]
    page.mouse.move(bars[0]["x"] + 5, roll["y"] + 20)
    page.mouse.down()
    page.mouse.move(bars[1]["x"] + 5, roll["y"] + 30, steps=3)
    page.mouse.up()
    assert take.locator(".loop-bars").input_value() == "9-12"
    take.locator(".speed").select_option("70%")
    page.wait_for_function(PRACTISED)
    opened.picture("practised", "#takes .take-0 .stage", "#takes .take-0 .practice")
    # At the end of the loop it begins again.
    take.locator("audio").evaluate("audio => { audio.currentTime = loopEnd(audio) - 0.05; }")
    page.wait_for_function(BEGUN_AGAIN)
    take.locator("[data-do=play]").click()

    # Other bars are the motif when they are dragged over; the mouse reaches only what is in sight.
    page.locator("#motif-card .bar[data-bar='9']").evaluate(
        "bar => bar.scrollIntoView({ block: 'center', behavior: 'instant' })"
    )
    bars = [page.locator(f"#motif-card .bar[data-bar='{bar}']").bounding_box() for bar in (9, 12)]
    page.mouse.move(bars[0]["x"] + 5, bars[0]["y"] + 10)
    page.mouse.down()
    page.mouse.move(bars[1]["x"] + 5, bars[1]["y"] + 10, steps=3)
    page.mouse.up()
    opened.wait("#motif-card .line", has_text="bars 9 to 12 of 16")
    assert page.locator("#notes textarea").input_value().startswith("4/4 key=G-major D5 E5 D5 B4")
    opened.picture("bars-chosen", "#motif-card")
    page.get_by_text("Continue", exact=True).click()


DRAGGED = """link => {
    const dataTransfer = new DataTransfer();
    link.dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer }));
    return dataTransfer.getData("DownloadURL");
}"""
PRACTISED = """() => {
    const audio = document.querySelector('#takes .take-0 audio');
    window.loopEnd = audio => Number(audio.closest('.card').dataset.loopTo);
    const from = Number(audio.closest('.card').dataset.loopFrom);
    return !audio.paused && audio.playbackRate === 0.7 && audio.preservesPitch
        && from <= audio.currentTime && audio.currentTime <= loopEnd(audio)
        && Math.abs(from - 8 * 4 * 60 / 110) < 0.01;
}"""
BEGUN_AGAIN = """() => {
    const audio = document.querySelector('#takes .take-0 audio');
    return audio.currentTime < loopEnd(audio) - 0.1;
}"""


def read_abc(text: str) -> list[tuple[int, int, int]]:
    melody = read_notes(text).melody
    columns = (melody.onset, melody.pitch, melody.duration)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def a_note_leads_to_its_tune(opened: Any) -> None:
    """Rest on a note of a take: its tune is heard from the note that it cites."""
    page = opened.page
    take = page.locator("#takes .take-0")
    hints = take.locator(".roll rect title").all_text_contents()
    note, cited = next(
        (number, hint) for number, hint in enumerate(hints) if "your motif" not in hint
    )
    moved = re.search(r"(\d+) semitones? (higher|lower)", cited)
    up = 0 if moved is None else int(moved[1]) * (1 if moved[2] == "higher" else -1)
    name = cited.split(" ")[0].replace("♯", "#").replace("♭", "b")
    with page.expect_response(re.compile(rf"/sound/[0-9a-f]+/{note}$")) as heard:
        take.locator(".roll rect").nth(note).hover(force=True)
    assert take.locator(".hint").inner_text() == cited
    assert pitch_of(heard.value.body()) == note_number(name) - up


def a_song_goes_on_over_its_own_chords(opened: Any, folder: Path) -> None:
    """Upload a song of four tracks that names no chords: it goes on over those that are heard."""
    page = opened.page
    beats = np.arange(32)
    tune = 72 + np.array([4, 4, 2, 0, 2, 0, -3, 0, 0, 2, 0, -3, 0, 4, 2, 2])[beats % 16]
    parts = [Part(melody=line(tune.tolist(), 480), name="Vocal")]
    for name, bars in (("Keys", (57, 53, 48, 55)), ("Strings", (60, 57, 52, 59)),
                       ("Pad", (64, 60, 55, 62))):  # fmt: skip
        parts.append(Part(melody=line([*bars, *bars], 1920), name=name))
    save_sheet(Sheet(parts=tuple(parts)), folder / "four-chords.mid")
    page.locator("#motif-file").get_by_label("Clear").first.click()
    opened.upload(folder / "four-chords.mid")
    opened.motif_named("Four chords")
    take = page.locator("#takes .take-0")
    take.locator("h3", has_text="Four chords").wait_for()
    opened.done()
    assert page.locator("#progression textarea").input_value() == "Am F C G"
    assert take.locator(".chords").inner_text().startswith("Chords Am | F | C | G | Am | F")
    assert opened.served("#takes .take-0 [data-kind=joined]", "href").count(b"MTrk") >= 5
    opened.picture("song", "#takes .take-0 .card", "#takes .take-0 .chords")


def line(pitches: list[int], length: int) -> Melody:
    """Return even notes of a length."""
    onset = length * np.arange(len(pitches))
    return Melody(
        pitch=pitches, onset=onset, duration=[length] * len(pitches), meter=(4, 4), tempo_bpm=96.0
    )


def test_nobody_meets_an_empty_page_and_notes_are_typed(visit: Callable[..., Any]) -> None:
    opened = visit()
    page = opened.page
    opened.picture("01-opened")
    opened.picture("page", "h1", "#neighbours", "#takes .scores")
    opened.picture("neighbours", "#neighbours h2", "#neighbours details:nth-of-type(3)")
    assert page.locator("#motif-card h3").inner_text() == "Londonderry Air"
    assert page.locator("#neighbours details").count() >= 5
    assert page.locator("#takes .take audio").count() >= 1
    assert page.locator("#takes [role=tab]:visible").count() == 3
    sound = samples_of(opened.served("#takes audio"))
    assert np.sqrt(np.mean(sound**2)) > 0.01
    play = "audio => { audio.muted = true; audio.currentTime = 7; audio.play(); }"
    page.locator("#takes .take-0 audio").evaluate(play)
    page.locator("#takes .take-0 .stage.playing").wait_for()
    opened.picture("take", "#takes .take .card", "#takes .take .again")
    page.wait_for_function("document.querySelector('#takes .take-0 audio').currentTime > 7")
    page.locator("#takes .take-0 audio").evaluate("audio => audio.pause()")

    box = page.locator("#notes textarea")
    box.fill("3/4 G4 B4 D5 | C5:2 A4")
    page.locator("#use-notes").click()
    opened.motif_named("Your notes")
    assert "3/4" in page.locator("#motif-card .line").inner_text()
    a_b_part_for_a_tune(opened)
    # One button: what is in the box is what is searched.
    box.fill("C4 E4 G4 E4 C4")
    opened.compose()
    opened.motif_named("Your notes")
    page.wait_for_function("location.search.includes('notes=C4')")
    # A form that is typed is not completed to another one.
    page.get_by_text("Key, form and more").click()
    form = page.locator("#form input")
    form.fill("A B")
    form.press("Enter")
    # However often it is clicked, the number goes on by what is composed.
    page.locator("#new-takes").evaluate("button => [1, 2, 3, 4].forEach(() => button.click())")
    page.wait_for_function("location.search.includes('take=')")
    assert "take=4" in opened.query()
    assert "form=A+B&" in opened.query()
    assert page.locator("#first-take input").input_value() == "4"
    tabs = page.locator("#takes [role=tab]").all_inner_texts()
    assert tabs == ["Take 4", "Take 5", "Take 6"]
    # An address leads to what is shown, or to nothing.
    page.get_by_text("Sakura", exact=True).click()
    opened.motif_named("Sakura")
    opened.done()
    assert "notes=" not in opened.query()
    box.fill("hello")
    page.locator("#use-notes").click()
    opened.wait("#use-notes ~ .refused-here", has_text="note 'hello'")
    assert "hello" in opened.wait("#status [role=alert]").inner_text()
    assert page.locator(".toast-body").count() == 0  # it is said beside what asked
    opened.picture("05-mistyped")
    opened.leave()


def a_neighbour_is_a_tune(opened: Any) -> None:
    """Open the second tune: it is drawn whole, and heard from the phrase that is pressed."""
    page = opened.page
    rows = page.locator("#neighbours details.neighbour")
    assert rows.locator("visible=true").count() == 12
    page.get_by_role("button", name=re.compile(r"Show \d+ more")).click()
    assert rows.locator("visible=true").count() == rows.count() > 12
    tune = rows.nth(1)
    tune.locator("summary").first.click()
    tune.locator(".stage").wait_for()
    notes = tune.locator(".stage .roll rect").count()
    assert 0 < tune.locator(".stage .roll rect:not(.faded)").count() < notes
    if find_spec("verovio") is not None:
        assert tune.locator(".score.wide [data-note]").count() >= notes
    tune.locator(".source summary").click()
    assert "public domain" in tune.locator(".source").inner_text()
    play = tune.locator("[data-do=play-from]").first
    play.click()
    begins = float(play.get_attribute("data-second"))
    page.wait_for_function(
        "begins => document.querySelectorAll('#neighbours audio')[1].currentTime > begins",
        arg=begins,
    )
    heard = tune.locator("audio")
    assert begins < heard.evaluate("audio => (audio.pause(), audio.currentTime)") < begins + 20
    opened.picture("neighbour", "#neighbours details.neighbour[open]")


def every_format(opened: Any, folder: Path) -> None:
    """Upload a file of each kind; the field is cleared for the next one."""
    for ending in (".mid", ".musicxml", ".mxl"):
        save_melody(TUNE, folder / f"from{ending[1:]}{ending}")
    (folder / "fromabc.abc").write_text(ABC.replace("Typed tune", "Fromabc"))
    (folder / "fromkrn.krn").write_text(KERN)
    for ending in ("mid", "musicxml", "mxl", "abc", "krn"):
        opened.upload(folder / f"from{ending}.{ending}")
        opened.motif_named(f"From{ending}")
        assert opened.page.locator("#motif-card .roll rect").count() == len(TUNE), ending
        # The field shows the file: it is cleared for the next one.
        opened.page.locator("#motif-file").get_by_label("Clear").first.click()


def test_upload_compose_listen_download(visit: Callable[..., Any], tmp_path: Path) -> None:
    opened = visit()
    page = opened.page
    bad = tmp_path / "letter.mid"
    bad.write_text("Dear Sir or Madam, this is no music.")
    opened.upload(bad)
    words = opened.wait("#motif-file ~ .refused-here", has_text="letter.mid").inner_text()
    assert "/" not in words.replace("n/a", "")
    assert "Traceback" not in page.content()
    opened.picture("06-refused")
    every_format(opened, tmp_path)
    assert page.locator(".refused-here").count() == 0

    save_melody(TUNE, tmp_path / "My <b>motif & co.mid")
    opened.upload(tmp_path / "My <b>motif & co.mid")
    page.locator("#motif-card .line", has_text=f"{len(TUNE)} notes").wait_for()
    opened.motif_named("motif")
    assert page.locator("#motif-card .roll rect").count() == len(TUNE)
    assert page.locator("#motif-card b").count() == 0
    opened.picture("02-uploaded")

    # One press is enough: it is composed from at once, and the first take is played.
    opened.done()
    assert "motif & co" in page.locator("#takes .take h3").first.inner_text()
    page.wait_for_function("document.querySelector('#takes .take-0 audio').currentTime > 0")
    page.locator("#takes .take-0 audio").evaluate("audio => audio.pause()")
    assert page.locator("#neighbours .join").count() > 0
    a_neighbour_is_a_tune(opened)
    take = page.locator("#takes .take:visible")
    assert take.locator(".roll rect").count() >= 8
    assert take.locator(".surprise rect").count() == take.locator(".roll rect").count()
    assert take.locator(".legend li").count() >= 1
    assert "longest run" in take.locator(".facts").inner_text()
    opened.picture("03-composed")

    for selector in ("#takes audio", "#neighbours audio", "#motif-card audio"):
        sound = samples_of(opened.served(selector))
        assert np.sqrt(np.mean(sound**2)) > 0.01
        assert 0.6 < np.abs(sound).max() < 0.99

    # The cursor runs, and says what sounds.
    take.locator("audio").evaluate("audio => { audio.muted = true; audio.play(); }")
    take.locator(".stage.playing").wait_for()
    page.wait_for_function("parseFloat(document.querySelector('.take .cursor').style.left) > 3")
    assert "·" in take.locator(".hint").inner_text()
    opened.picture("04-playing")
    take.locator("audio").evaluate("audio => audio.pause()")
    a_note_leads_to_its_tune(opened)

    for kind, begin in (
        ("midi", b"MThd"),
        ("musicxml", b"<?xml"),
        ("abc", b"X:1"),
        ("report", b"{"),
    ):
        with page.expect_download() as download:
            take.locator(f"[data-kind={kind}]").click()
        assert Path(download.value.path()).read_bytes().startswith(begin)
        assert download.value.suggested_filename.startswith("my-b")
    # Dragged out of the page it is a file, too.
    dragged = take.locator("[data-kind=midi]").evaluate(DRAGGED)
    assert re.fullmatch(r"audio/midi:my-b.*\.mid:http://127\.0\.0\.1:\d+/.*\.mid", dragged)
    # The text of the ABC file goes to the clipboard, the old way too, where there is no other.
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    abc = opened.served("#takes [data-kind=abc]", "href").decode()
    for broken in (False, True):
        if broken:
            page.evaluate("navigator.clipboard.writeText('')")
            page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
        take.locator("[data-do=copy]").click()
        take.locator("[data-do=copy]", has_text="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == abc
        take.locator("[data-do=copy]", has_text="Copy ABC").wait_for()
    with page.expect_download() as download:
        take.locator("[data-kind=wav]").click()
    assert Path(download.value.path()).read_bytes().startswith(b"RIFF")
    a_song_goes_on_over_its_own_chords(opened, tmp_path)
    opened.leave()
