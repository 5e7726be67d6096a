import { ProblemDetails, PublishedEvent, PublishedReply } from '@heddle/core';
import { readNamedEvents } from '../http/read-named-events.js';

/** A call of a published workflow from its API page, made like any caller's: with an API key or as the signed-in user. */
interface PublishedCall {
  readonly slug: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, readonly File[]>>;
  /** An API key; without it, the session of this browser is used. */
  readonly key: string | undefined;
  readonly version: number | undefined;
  readonly isStream: boolean;
  readonly signal: AbortSignal;
}

export interface PublishedAnswer {
  readonly status: number;
  readonly version: string | undefined;
  readonly ms: number;
  readonly body: PublishedReply | ProblemDetails | undefined;
  readonly isProblem: boolean;
}

const address = (slug: string): string => `/v1/workflows/${encodeURIComponent(slug)}`;

/** Calls the workflow and passes streamed events to `onEvent`. An error reply is returned, not thrown. Errors: those of `fetch`. */
export async function callPublished(
  call: PublishedCall,
  onEvent: (event: PublishedEvent) => void,
): Promise<PublishedAnswer> {
  const began = performance.now();
  const { key, version, isStream, signal, slug } = call;
  const hasFiles = Object.values(call.files).some((files) => files.length > 0);
  const response = await fetch(address(slug), {
    method: 'POST',
    signal,
    // The call with a key must work without the session.
    credentials: key === undefined ? 'same-origin' : 'omit',
    headers: {
      accept: isStream ? 'text/event-stream' : 'application/json',
      ...(hasFiles ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(version === undefined ? {} : { 'heddle-version': String(version) }),
    },
    body: hasFiles ? formOf(call) : JSON.stringify(call.inputs),
  });
  const answer = (body: PublishedAnswer['body'], isProblem: boolean): PublishedAnswer => ({
    status: response.status,
    version: response.headers.get('heddle-version') ?? undefined,
    ms: performance.now() - began,
    body,
    isProblem,
  });
  if (!response.ok) return answer(ProblemDetails.safeParse(await response.json().catch(() => undefined)).data, true);
  if (!isStream || response.body === null) return answer(PublishedReply.safeParse(await response.json()).data, false);
  let body: PublishedAnswer['body'];
  for await (const { event, data } of readNamedEvents(response.body)) {
    const read = PublishedEvent.safeParse(
      event === 'result' ? { type: event, reply: data } : { ...asObject(data), type: event },
    );
    if (!read.success) continue;
    if (read.data.type === 'result') body = read.data.reply;
    onEvent(read.data);
  }
  return answer(body, false);
}

function formOf({ inputs, files }: PublishedCall): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(inputs))
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, chosen] of Object.entries(files)) for (const file of chosen) form.append(name, file, file.name);
  return form;
}

const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
