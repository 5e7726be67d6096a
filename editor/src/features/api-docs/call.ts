import { readNamedEvents, type NamedEvent } from '../../data/http/read-named-events.js';

export interface Call {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: readonly (readonly [name: string, file: File])[];
  /** If empty, the session of this browser is used. */
  readonly key: string;
  readonly way: 'plain' | 'stream' | 'async';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Callbacks for a reply as it arrives. */
export interface ReplyView {
  readonly onHead: (status: number, statusText: string, headers: readonly (readonly [string, string])[]) => void;
  readonly onEvent: (event: NamedEvent) => void;
  readonly onBody: (body: string) => void;
}

/** The reply headers that are useful to a caller. */
const shown = [
  'heddle-version',
  'location',
  'idempotent-replayed',
  'preference-applied',
  'retry-after',
  'content-type',
] as const;

/** Sends the call and reports the reply. An error reply is reported like any other. Errors: those of `fetch`. */
export async function sendCall(call: Call, view: ReplyView): Promise<void> {
  const { address, key, way, headers, signal } = call;
  const isForm = call.files.length > 0;
  const response = await fetch(address, {
    method: 'POST',
    signal,
    // The call with a key must work without the session.
    credentials: key === '' ? 'same-origin' : 'omit',
    headers: {
      accept: way === 'stream' ? 'text/event-stream' : 'application/json',
      ...(isForm ? {} : { 'content-type': 'application/json' }),
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(way === 'async' ? { prefer: 'respond-async' } : {}),
      ...headers,
    },
    body: isForm ? formOf(call) : JSON.stringify(call.values),
  });
  view.onHead(
    response.status,
    response.statusText,
    shown.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null || value === '' ? [] : [[name, value] as const];
    }),
  );
  if ((response.headers.get('content-type') ?? '').startsWith('text/event-stream') && response.body !== null)
    for await (const event of readNamedEvents(response.body)) view.onEvent(event);
  else view.onBody(pretty(await response.text()));
}

function formOf({ values, files }: Call): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values))
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, file] of files) form.append(name, file, file.name);
  return form;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
