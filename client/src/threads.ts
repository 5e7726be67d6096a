import { withQuery, type Requests } from './requests.js';
import type { paths } from './api.generated.js';
import type { Thread, ThreadMessage } from './types.js';

type ListQuery = NonNullable<paths['/v1/threads']['get']['parameters']['query']>;
type MessagesQuery = NonNullable<paths['/v1/threads/{id}/messages']['get']['parameters']['query']>;
type ThreadPage = paths['/v1/threads']['get']['responses']['200']['content']['application/json'];
type MessagePage = paths['/v1/threads/{id}/messages']['get']['responses']['200']['content']['application/json'];

/** The threads of the caller, or of the client's end user. Errors of all methods: `thread_not_found`. */
export class Threads {
  private readonly requests: Requests;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  /** One page, newest first. `next` in the reply is the `after` of the next page. */
  page(query: ListQuery = {}): Promise<ThreadPage> {
    return this.requests.json(withQuery('/v1/threads', query));
  }

  /** All threads, newest first, read page by page. */
  async *list(query: Omit<ListQuery, 'after'> = {}): AsyncGenerator<Thread> {
    for (let after: string | undefined; ;) {
      const { threads, next } = await this.page(after === undefined ? query : { ...query, after });
      yield* threads;
      if (next === undefined) return;
      after = next;
    }
  }

  /** Begins an empty thread on a published workflow. */
  create(request: { readonly workflow: string; readonly title?: string }): Promise<Thread> {
    return this.requests.json('/v1/threads', { method: 'POST', body: request });
  }

  get(id: string): Promise<Thread> {
    return this.requests.json(pathOf(id));
  }

  /** Questions and answers, oldest first. Without `before`, the newest page. */
  messages(id: string, query: MessagesQuery = {}): Promise<MessagePage> {
    return this.requests.json(withQuery(`${pathOf(id)}/messages`, query));
  }

  rename(id: string, title: string): Promise<Thread> {
    return this.requests.json(pathOf(id), { method: 'POST', body: { title }, isRepeatable: true });
  }

  /** Deletes a thread for good, and first ends a run on it. */
  async delete(id: string): Promise<void> {
    await this.requests.send(pathOf(id), { method: 'DELETE' });
  }
}

export type { ThreadMessage, ThreadPage, MessagePage };

const pathOf = (id: string): string => `/v1/threads/${encodeURIComponent(id)}`;
