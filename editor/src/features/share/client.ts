import type { SharedEvent, SharedPage, SharedRun, ThreadMessagesReply } from '@heddle/core';
import { readNamedEvents } from '../../data/http/read-named-events.js';
import type { ChatServer, Question } from '../chat-kit/index.js';
import { problemOf } from './problem-of.js';

/** The server of a share page, used as one anonymous user. */
type ShareClient = ChatServer & Required<Pick<ChatServer, 'file'>>;

/** The number of messages in a page of a thread. */
const pageSize = 100;

const base = (token: string): string => `/v1/share/${encodeURIComponent(token)}`;

/** Loads the settings of a share page. Rejects with a ChatError. */
export async function readPage(token: string): Promise<SharedPage> {
  const response = await fetch(base(token));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as SharedPage; // our own server writes it from this schema
}

export function createClient(token: string, session: string): ShareClient {
  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('heddle-session', session);
    const response = await fetch(`${base(token)}${path}`, { ...init, headers });
    if (!response.ok) throw await problemOf(response);
    return response;
  };
  const post = (path: string, body: object = {}): Promise<Response> =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const run = (id: string): string => `/runs/${encodeURIComponent(id)}`;
  return {
    async *start({ inputs, files }, name, thread, signal) {
      const hasFiles = Object.values(files).some((chosen) => chosen.length > 0);
      const on: Record<string, string> = thread === undefined ? {} : { 'heddle-thread': thread };
      const headers: Record<string, string> = {
        'idempotency-key': name,
        ...on,
        ...(hasFiles ? {} : { 'content-type': 'application/json' }),
      };
      const body = hasFiles ? formOf(inputs, files) : JSON.stringify(inputs);
      yield* eventsOf(await call('/runs', { method: 'POST', signal, headers, body }));
    },
    async *follow(runId, signal) {
      yield* eventsOf(await call(`${run(runId)}/events`, { signal }));
    },
    get: async (runId) => (await (await call(run(runId))).json()) as SharedRun, // as in `readPage`
    messages: async (thread, before) => {
      const query = `limit=${pageSize}${before === undefined ? '' : `&before=${before}`}`;
      return (await (
        await call(`/threads/${encodeURIComponent(thread)}/messages?${query}`)
      ).json()) as ThreadMessagesReply; // as in `readPage`
    },
    cancel: async (runId) => {
      await post(`${run(runId)}/cancel`);
    },
    feedback: async (runId, said) => {
      const path = `${run(runId)}/feedback`;
      await (said === undefined ? call(path, { method: 'DELETE' }) : post(path, said));
    },
    file: async (runId, id) => (await call(`${run(runId)}/files/${encodeURIComponent(id)}`)).blob(),
  };
}

async function* eventsOf({ body }: Response): AsyncGenerator<SharedEvent> {
  if (body === null) return;
  for await (const { event, data } of readNamedEvents(body)) yield { ...(data as object), type: event } as SharedEvent; // as in `readPage`
}

function formOf(inputs: Question['inputs'], files: Question['files']): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(inputs))
    form.append(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const [name, chosen] of Object.entries(files)) for (const file of chosen) form.append(name, file, file.name);
  return form;
}
