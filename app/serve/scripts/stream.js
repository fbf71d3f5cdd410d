// Gradio's client ends its stream of answers when the server says that nothing is left to answer.
// If something was asked while that was on its way, its answer would never come: the page would
// wait for ever. Here the stream goes on, as the same one, until all that was asked is answered.
(() => {
  const ask = window.fetch.bind(window);
  const answered = new Set(); // sooner than the page was told the number of what it had asked
  const waiting = new Set();
  let asking = 0;

  const asked = async (given) => {
    asking += 1;
    try {
      const reply = await ask(...given);
      if (reply.ok) {
        const { event_id: event } = await reply.clone().json();
        if (!answered.delete(event)) waiting.add(event);
      }
      return reply;
    } finally {
      asking -= 1;
    }
  };

  const isEnd = (message) => {
    if (!message.startsWith("data:")) return false;
    const { msg: kind, event_id: event } = JSON.parse(message.slice("data:".length));
    if (kind === "process_completed" && !waiting.delete(event)) answered.add(event);
    return kind === "close_stream" && waiting.size + asking > 0;
  };

  async function* messages(first, again) {
    for (let reply = first; reply?.ok; ) {
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      reply = null;
      let text = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const parts = (text + part.value).split("\n\n");
        text = parts.pop();
        for (const message of parts) {
          const next = isEnd(message) ? await ask(again.clone()) : null;
          // Where the stream cannot go on, its end is told after all.
          if (next?.ok) reply = next;
          else yield `${message}\n\n`;
        }
      }
    }
  }

  const streamed = async (request) => {
    const first = await ask(request.clone());
    const told = first.ok ? messages(first, request) : null;
    if (!told) return first;
    const body = new ReadableStream({
      async pull(controller) {
        const { value, done } = await told.next();
        if (done) controller.close();
        else controller.enqueue(new TextEncoder().encode(value));
      },
      cancel: () => told.return(),
    });
    return new Response(body, { headers: first.headers });
  };

  window.fetch = (...given) => {
    const { pathname } = new URL(given[0].url ?? given[0], window.location);
    if (pathname.endsWith("/queue/join")) return asked(given);
    if (pathname.endsWith("/queue/data")) return streamed(new Request(...given));
    return ask(...given);
  };
})();
