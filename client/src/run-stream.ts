import { HeddleError } from './heddle-error.js';
import { readEvents, type Message } from './read-events.js';
import { pause, waitOf, type Requests } from './requests.js';
import type { Citation, RunEvent, RunResult } from './types.js';

interface StreamSource {
  readonly requests: Requests;
  readonly signal?: AbortSignal | undefined;
  /** The run, if it is known already; `after` is the last event that the caller has seen. */
  readonly runId?: string;
  readonly after?: number | undefined;
  /** Starts the run and returns its events. Without it, an existing run is followed. */
  readonly begin?: () => Promise<Response>;
}

type Outputs = Readonly<Record<string, unknown>>;

/**
 * The events of a run as they happen; they can be read once. After a lost connection the stream reconnects and repeats nothing.
 *
 * @example for await (const event of stream) if (event.type === 'delta') print(event.text);
 */
export class RunStream<Result extends object = Outputs> implements AsyncIterable<RunEvent<Result>> {
  /** The id of the run, once the server has sent it. */
  runId: string | undefined;
  /** The thread that the run continues. */
  thread: string | undefined;

  private readonly source: StreamSource;
  private readonly texts = new Map<string, string>();
  private lastSeq: number;
  private ended: RunResult<Result> | undefined;
  private isBegun = false;

  constructor(source: StreamSource) {
    this.source = source;
    this.runId = source.runId;
    this.lastSeq = source.after ?? 0;
  }

  /** The text of an output so far. */
  textOf(output: string): string {
    return this.texts.get(output) ?? '';
  }

  /** Returns the result; reads the events to the end if nobody has. Errors: the HeddleError of a failed run. */
  async result(): Promise<RunResult<Result>> {
    if (this.ended === undefined) for await (const event of this) void event;
    if (this.ended === undefined)
      throw new HeddleError('stream_read', 'The events of this run are already being read elsewhere.', 0);
    return this.ended;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent<Result>> {
    if (this.isBegun) throw new HeddleError('stream_read', 'The events of a run can be read only once.', 0);
    this.isBegun = true;
    let response = await this.open();
    for (let attempt = 1, lostAt: number | undefined; ;) {
      try {
        const { lastSeq } = this;
        yield* this.read(response);
        if (this.ended !== undefined) return;
        if (this.lastSeq > lastSeq) [attempt, lostAt] = [1, undefined];
        throw new HeddleError('connection_lost', 'The stream ended before the run.', 0, this.about());
      } catch (error) {
        lostAt ??= Date.now();
        const { reconnectMs = 60_000 } = this.source.requests.options;
        if (!isLost(error) || this.runId === undefined || Date.now() - lostAt > reconnectMs) throw error;
        await pause(waitOf(attempt), this.source.signal);
        attempt += 1;
        response = await this.follow().catch((again: unknown) => {
          if (!isLost(again)) throw again;
          return undefined;
        });
      }
    }
  }

  private async open(): Promise<Response | undefined> {
    const response = await (this.source.begin?.() ?? this.follow());
    this.thread = response.headers.get('heddle-thread') ?? undefined;
    this.runId ??= /\/v1\/runs\/([^/?]+)/.exec(response.headers.get('location') ?? '')?.[1];
    return response;
  }

  private follow(): Promise<Response> {
    const { requests, signal } = this.source;
    return requests.send(`/v1/runs/${encodeURIComponent(this.runId ?? '')}/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': this.lastSeq > 0 ? String(this.lastSeq) : undefined },
      signal,
    });
  }

  private async *read(response: Response | undefined): AsyncGenerator<RunEvent<Result>> {
    if (response?.body == null) return;
    const messages = readEvents(response.body);
    try {
      for (let next = await this.next(messages); next.done !== true; next = await this.next(messages)) {
        yield* this.eventsOf(next.value);
        if (this.ended !== undefined) return;
      }
    } finally {
      await messages.return(undefined);
    }
  }

  private async next(messages: AsyncGenerator<Message>): Promise<IteratorResult<Message>> {
    try {
      return await messages.next();
    } catch (cause) {
      this.source.signal?.throwIfAborted();
      throw new HeddleError('connection_lost', 'The stream broke off.', 0, this.about(), { cause });
    }
  }

  private *eventsOf({ event, id, data }: Message): Generator<RunEvent<Result>> {
    const value = JSON.parse(data) as Readonly<Record<string, unknown>>; // the contract of the server
    if (id !== undefined) this.lastSeq = Math.max(this.lastSeq, Number(id));
    switch (event) {
      case 'delta':
        yield* this.deltaOf(value as { readonly output: string; readonly offset: number; readonly text: string });
        return;
      case 'node':
        yield { type: 'node', ...value } as RunEvent<Result>;
        return;
      case 'citation':
        yield { type: 'citation', ...(value as { output: string; citation: Citation }) };
        return;
      case 'result':
        this.ended = value as RunResult<Result>;
        yield { type: 'result', result: this.ended };
        return;
      case 'error':
        throw new HeddleError(String(value['code']), String(value['message']), 0, this.about());
      // An event that only a newer server sends.
      default:
    }
  }

  /** The new part of a piece of text: after a lost connection, the server sends the text from its start. */
  private *deltaOf(piece: { readonly output: string; readonly offset: number; readonly text: string }) {
    const { output, offset, text } = piece;
    const before = this.textOf(output);
    const after = before.slice(0, offset) + text;
    if (offset + text.length <= before.length && before.startsWith(text, offset)) return;
    this.texts.set(output, after);
    yield after.startsWith(before)
      ? { type: 'delta' as const, output, offset: before.length, text: after.slice(before.length) }
      : { type: 'delta' as const, ...piece };
  }

  private about(): { readonly runId?: string } {
    return this.runId === undefined ? {} : { runId: this.runId };
  }
}

/** Whether only the connection is lost, while the run goes on. */
const isLost = (error: unknown): boolean =>
  error instanceof HeddleError &&
  (error.code === 'connection_lost' || error.code === 'shutting_down' || error.status >= 500);
