/** Server: the sandbox as the page reaches it; same origin only. */

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok && body.error === undefined) throw new Error(`The sandbox answered ${response.status}`);
  return body;
}

const asUser = (user) => (user ? `?user=${encodeURIComponent(user)}` : "");

/** The whole snapshot for a person; without one, the sandbox chooses. */
export async function fetchState(user) {
  return answer(await fetch(`/page/state${asUser(user)}`));
}

export async function fetchWireEntry(id) {
  return answer(await fetch(`/page/wire/${encodeURIComponent(id)}`));
}

/** What a person does. @returns {Promise<{ok: boolean, error?: string}>} never rejects */
export async function tell(verb, body) {
  try {
    return await answer(
      await fetch(`/human/${verb}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    );
  } catch (error) {
    return { ok: false, error: `The sandbox cannot be reached (${error.message}).` };
  }
}

/** Call back for each event; `online(false)` while the stream is down. @returns a function that stops it */
export function listen(user, onEvent, online) {
  const stream = new EventSource(`/page/events${asUser(user)}`);
  stream.onmessage = (message) => onEvent(JSON.parse(message.data));
  stream.onopen = () => online(true);
  stream.onerror = () => online(false);
  return () => stream.close();
}
