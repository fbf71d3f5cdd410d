"""Answers reach the page even if its stream of answers ends while something is asked."""

from collections.abc import Callable
from typing import Any

# What the server says last of a stream comes late, as over a slow line.
LATE_END = """const inTime = window.fetch;
window.fetch = async (...given) => {
    const reply = await inTime(...given);
    if (!(given[0].url || '').includes('/queue/data')) return reply;
    const slowed = new TransformStream({async transform(chunk, controller) {
        const text = new TextDecoder().decode(chunk);
        const end = text.includes('close_stream') ? text.lastIndexOf('data:') : text.length;
        controller.enqueue(new TextEncoder().encode(text.slice(0, end)));
        if (end === text.length) return;
        await new Promise(then => setTimeout(then, 1500));
        controller.enqueue(new TextEncoder().encode(text.slice(end)));
    }});
    return new Response(reply.body.pipeThrough(slowed), {headers: reply.headers});
};"""


def test_what_is_asked_while_the_stream_ends_is_answered(visit: Callable[..., Any]) -> None:
    opened = visit(script=LATE_END)
    for name in ("First", "Second", "Third", "Fourth"):
        opened.page.locator("#notes textarea").fill(f"X:1\nT:{name}\nL:1/4\nK:C\nC E G c|")
        opened.page.locator("#use-notes").click()
        opened.motif_named(name)
    opened.leave()
