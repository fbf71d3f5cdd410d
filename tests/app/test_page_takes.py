"""In headless Chromium: what a take leads to, a link that makes it again, piano and microphone."""

import re
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

WHISTLED = [67, 71, 74, 72, 69]
# What microphones are asked for.
HEARD_AS = """
    window.heardAs = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = wanted => {
        heardAs.push(wanted.audio);
        return ask(wanted);
    };
"""
# A MIDI keyboard with one key that is pressed by name.
KEYBOARD = """
    const input = { id: '1', name: 'Small keys', onmidimessage: null };
    navigator.requestMIDIAccess = async () => ({ inputs: new Map([['1', input]]) });
    window.strike = (...data) => input.onmidimessage({ data, target: input });
    window.heard = [];
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (...when) {
        heard.push([Math.round(1200 * Math.log2(this.playbackRate.value)), this.buffer.duration]);
        return start.apply(this, when);
    };
    window.decoded = 0;
    const decode = BaseAudioContext.prototype.decodeAudioData;
    BaseAudioContext.prototype.decodeAudioData = async function (...given) {
        const buffer = await decode.apply(this, given);
        decoded += 1;
        return buffer;
    };
"""
READ_AGAIN = "signal is aborted without reason"


def whistle(path: Path, pitches: list[int]) -> None:
    """Write what Chromium's fake microphone plays over and over."""
    rate, length = 48_000, 0.45
    time = np.arange(int(rate * length)) / rate
    swell = np.minimum(1, np.minimum(time, length - time) / 0.05)
    tones = [0.6 * swell * np.sin(2 * np.pi * 440 * 2 ** ((p - 69) / 12) * time) for p in pitches]
    samples = np.concatenate([*tones, np.zeros(rate // 2)])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32_000).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def chromium(launch: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium with a microphone into which somebody whistles."""
    path = tmp_path_factory.mktemp("sound") / "whistle.wav"
    whistle(path, WHISTLED)
    browser = launch(
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    )
    yield browser
    browser.close()


def notes_of(page: Any, place: int = 0) -> list[tuple[str, str, str]]:
    """Return place and height of every note of a take as it is drawn."""
    drawn = page.locator(f"#takes .take-{place} .roll rect")
    return drawn.evaluate_all(
        "notes => notes.map(n => ['x', 'y', 'width'].map(name => n.getAttribute(name)))"
    )


def test_locked_bars_stay_and_the_link_makes_it_again(
    visit: Callable[..., Any], served: str
) -> None:
    opened = visit("?notes=G4+B4+D5+B4+C5+A4&bars=8&takes=2&instrument=piano")
    page = opened.page
    # Nothing looks like the answer before it is there.
    assert page.locator("#motif-card h3").inner_text() == "Your notes"
    opened.done()
    before = notes_of(page)
    assert page.locator("#takes [role=tab]").all_inner_texts() == ["Take 1", "Take 2"]
    take = page.locator("#takes .take-0").first
    for bar in range(1, 9):
        take.locator(f".lock[data-bar='{bar}']").click()
    take.locator("[data-do=reroll]").click()
    assert "all 8 bars are kept" in opened.wait("#status [role=alert]").inner_text()
    for bar in (5, 6, 7, 8):
        take.locator(f".lock[data-bar='{bar}']").click()
    opened.picture("10-locked")
    take.locator("[data-do=reroll]").click()
    page.locator("#takes [role=tab]", has_text="Take 1′").wait_for()
    after = notes_of(page)
    half = [note for note in before if float(note[0]) < 490]
    kept = [note for note in after if float(note[0]) < 490]
    assert [x for x, _, _ in kept] == [x for x, _, _ in half]
    assert after != before
    opened.done()
    assert take.locator(".lock[aria-pressed=true]").count() == 4
    page.wait_for_function("location.search.includes('keep=')")
    opened.picture("11-rerolled")
    opened.picture("kept", "#takes [role=tablist]", "#takes .take .scores")

    midi = opened.served("#takes [data-kind=midi]", "href")
    opened.open(f"{served}{opened.query()}")
    opened.done()
    assert notes_of(page) == after
    assert opened.served("#takes [data-kind=midi]", "href") == midi
    assert page.locator("#notes textarea").input_value() == "G4 B4 D5 B4 C5 A4"

    there_and_back(opened)
    the_link_plays_it(opened, after)
    # A take as the next motif.
    take.locator("[data-do=reuse]").click()
    opened.motif_named("Your notes, take 1")
    opened.leave()


def there_and_back(opened: Any) -> None:
    """Make something else of it; undo, redo and the browser's own buttons lead back and forth."""
    page = opened.page
    here = opened.query()
    page.get_by_text("Vary", exact=True).click()
    opened.compose()
    page.wait_for_function("location.search.includes('verb=Vary')")
    there, music = opened.query(), notes_of(page)
    assert page.locator("#trail .visited button").count() == 4
    page.go_back()
    page.wait_for_function("was => location.search === was", arg=here)
    page.locator("#takes .take-0 .line", has_text="Continue").wait_for()
    opened.done()
    page.locator("#trail .redo[aria-disabled=false]").click()
    page.locator("#takes .take-0 .line", has_text="Vary").wait_for()
    opened.done()
    assert opened.query() == there
    assert notes_of(page) == music
    page.locator("#trail .undo[aria-disabled=false]").click()
    page.locator("#takes .take-0 .line", has_text="Continue").wait_for()
    opened.done()
    # A take of this visit, by its name.
    page.locator("#trail .visited button").last.click()
    page.locator("#takes .take-1 .line", has_text="Vary").wait_for()
    opened.done()
    page.go_back()
    page.locator("#takes .take-0 .line", has_text="Continue").wait_for()
    opened.done()
    assert opened.query() == here


def the_link_plays_it(opened: Any, drawn: list[tuple[str, str, str]]) -> None:
    """Copy the link of a take and follow it: the same music, at one press, on a light page."""
    page = opened.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#takes .take-0 [data-do=link]").click()
    page.locator("#takes .take-0 [data-do=link]", has_text="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(opened.address.split("?")[0]) + "t/[0-9A-Za-z_-]{2,120}", link)
    with urllib.request.urlopen(link) as answer:
        text = answer.read().decode()
    assert len(text) < 100_000
    assert 'property="og:image"' in text
    assert "Gradio" not in text
    with urllib.request.urlopen(f"{link}.png") as answer:
        assert answer.headers["content-type"] == "image/png"
    player = opened.context.new_page()
    player.on("pageerror", lambda error: opened.errors.append(str(error)))
    asked: list[str] = []
    player.on("request", lambda request: asked.append(request.url))
    player.goto(link)
    assert asked == [link]
    rolled = player.locator(".roll rect").evaluate_all(
        "notes => notes.map(n => ['x', 'y', 'width'].map(name => n.getAttribute(name)))"
    )
    assert rolled == drawn
    player.locator(".play").click()
    player.wait_for_function("document.querySelector('audio').currentTime > 0")
    own = player.locator(".make").get_attribute("href") or ""
    assert "keep=1" in own
    shown, opened.page = opened.page, player
    opened.picture("player")
    assert opened.serious_faults() == []
    opened.page = shown
    player.close()


def test_downloads_are_those_of_the_api_and_the_microphone_is_heard(
    visit: Callable[..., Any], served: str
) -> None:
    client_api = pytest.importorskip("gradio_client", reason="gradio_client is not installed")
    link = "?notes=E4+G4+A4+B4+A4&takes=1&chords=auto"
    opened = visit(link, permissions=["microphone"], script=HEARD_AS)
    opened.done()
    # By the keyboard a link skips to the main button, and stays on the page.
    asked = opened.query()
    opened.page.locator(".skip").focus()
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_function("document.activeElement.closest('#compose') !== null")
    assert opened.query() == asked
    client = client_api.Client(served, verbose=False)
    made = client.predict("E4 G4 A4 B4 A4", chords="auto", takes=1, api_name="/compose")
    for kind, file in made["takes"][0]["files"].items():
        assert Path(file).read_bytes() == opened.served(f"#takes [data-kind={kind}]", "href"), kind

    pytest.importorskip("swift_f0", reason="the extra for recordings is not installed")
    page = opened.page
    page.get_by_role("tab", name="Hum").click()
    page.locator("#recording button.record-button").click()
    # Six seconds of sound hold the tune twice.
    page.locator("#recording time", has_text=re.compile("0:06")).first.wait_for()
    # It is recorded as it is: nothing is taken for noise, nothing levelled.
    plain = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}
    assert all(plain.items() <= asked.items() for asked in page.evaluate("heardAs"))
    assert page.evaluate("heardAs.length") >= 1
    opened.picture("13-recording")
    page.locator("#recording button.stop-button").click()
    opened.motif_named("Your melody")
    heard = page.locator("#notes textarea").input_value()
    # On a busy machine the fake microphone stutters, and more is heard than was played.
    assert set(re.findall(r"[A-G]#?\d", heard)) >= {"G4", "B4", "D5", "C5", "A4"}
    opened.picture("14-heard")
    opened.compose()
    assert page.locator("#takes .take audio").count() >= 1
    # Gradio's player shows a recording twice: as it was made, and as it was uploaded. If the second
    # comes before the first is read, its library (wavesurfer) ends that reading unasked.
    opened.errors = [error for error in opened.errors if error != READ_AGAIN]
    opened.leave()


def typed(page: Any, text: str) -> None:
    """Wait until the box of notes reads so."""
    page.wait_for_function(
        "(text) => document.querySelector('#notes textarea').value === text", arg=text
    )


def test_a_bad_link_a_piano_and_a_recording(visit: Callable[..., Any], tmp_path: Path) -> None:
    opened = visit("?notes=C4+D4+E4&bars=900", script=KEYBOARD)
    page = opened.page
    assert "900" in page.locator(".toast-body").inner_text()
    # The sentence stays when the message is gone, and what was covered is shown again.
    said = opened.wait("#status [role=alert]").inner_text()
    assert said.startswith("The link could not be opened: bars is 900")
    opened.wait("#takes .take audio")
    assert page.locator("#motif-card h3").inner_text() == "Londonderry Air"

    page.get_by_role("tab", name="Piano").click()
    keys = "performance.getEntriesByType('resource').filter(e => e.name.includes('/sound/key/'))"
    assert page.evaluate(f"{keys}.length") == 0  # nothing before somebody comes near
    for step in (0, 4, 7):
        page.locator(f".piano [data-step='{step}']").click()
    typed(page, "C4 E4 G4")
    # The letters play without a click on the piano first.
    page.keyboard.press("w")
    page.keyboard.press("x")
    # Once C5 is there, C sharp is played on it a semitone faster, on the flute itself.
    there = f"{keys}.some(e => e.name.endsWith('/sound/key/73/72')) && decoded >= {keys}.length"
    page.wait_for_function(there)
    page.keyboard.press("a")
    page.keyboard.press("w")
    pitches = [cents for cents, _ in page.evaluate("heard")]
    assert pitches[-2:] == [0, 100]
    assert 0.5 < page.evaluate("heard.at(-1)[1]") < 1.7
    page.keyboard.press("Backspace")
    typed(page, "C4 E4 G4 C#4 C5")
    # Letters can be switched off for those who command by them.
    page.get_by_label("letter keys play").uncheck()
    page.keyboard.press("d")
    page.get_by_label("letter keys play").check()
    typed(page, "C4 E4 G4 C#4 C5")
    page.keyboard.press("Backspace")
    page.locator("#piano .keyboard").click()
    page.locator("#piano .keyboard", has_text="Connected: Small keys").wait_for()
    for status, velocity in ((0x90, 90), (0x80, 0)):
        page.evaluate("([status, velocity]) => strike(status, 67, velocity)", [status, velocity])
    typed(page, "C4 E4 G4 C#4 G4")
    page.keyboard.press("Backspace")
    opened.picture("12-piano")
    opened.picture("piano", "#piano", "#use-notes")
    opened.compose()
    opened.motif_named("Your notes")
    assert page.locator("#motif-card .roll rect").count() == 4

    pytest.importorskip("swift_f0", reason="the extra for recordings is not installed")
    whistle(tmp_path / "song.wav", WHISTLED)
    page.get_by_role("tab", name="Hum").click()
    page.get_by_role("button", name="Upload file").click()
    page.locator("#recording input[type=file]").set_input_files(tmp_path / "song.wav")
    opened.motif_named("Your melody")
    assert page.locator("#motif-card .roll rect").count() == len(WHISTLED)
    opened.picture("heard", "#recording", "#motif-card")
    # A recording is a file like others.
    opened.upload(tmp_path / "song.wav")
    opened.motif_named("Song")
    opened.leave()


def test_files_of_another_visitor_cannot_be_guessed(served: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match=r"40[34]"):
        urllib.request.urlopen(f"{served}gradio_api/file=/etc/passwd")
