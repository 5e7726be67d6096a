import { ContinueRequest } from '@heddle/core';
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { client } from '../../../data/api/client.js';
import { toApiError, type ApiError } from '../../../data/http/http.js';

/** An answer to a request, or the command that continues from a breakpoint. */
const AnswerSchema = z.object({
  runId: z.string(),
  requestId: z.string(),
  title: z.string(),
  /** Whether the request is a breakpoint, which is continued instead of answered. */
  isBreakpoint: z.boolean(),
  value: z.unknown(),
  reason: z.string().optional(),
  /** Whether the answer contains a secret. It then stays in memory and is not stored. */
  isSecret: z.boolean().optional(),
  /** The user who answered. Other users who sign in on this device do not send it. */
  by: z.string().optional(),
});
export type GivenAnswer = z.infer<typeof AnswerSchema>;

interface OutboxState {
  /** Unsent answers, by run and request. */
  readonly waiting: ReadonlyMap<string, GivenAnswer>;
  /** Answers that the server accepted from this tab. Their requests are about to disappear. */
  readonly accepted: ReadonlySet<string>;
}

interface OutboxOptions {
  /** Rejects with an ApiError. */
  readonly send: (answer: GivenAnswer) => Promise<unknown>;
  readonly onConnection: (listener: (isConnected: boolean) => void) => () => void;
  readonly me: () => string | undefined;
  /** Called when the server refuses an answer at a later attempt. */
  readonly onRefused: (answer: GivenAnswer, error: ApiError) => void;
  /** Called when a request is decided, by this answer or by another one. */
  readonly onDecided?: (key: string) => void;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly later?: (work: () => void, ms: number) => void;
}

const storageKey = 'heddle.answers';
/** How often to try again, in case the live connection does not report that the server is back. */
const againAfterMs = 5_000;

/** The key of a request in drafts and answers. */
export const outboxKey = (runId: string, requestId: string): string => `${runId} ${requestId}`;

/**
 * Sends answers to the server. An answer that cannot be sent now is stored, even across a reload, and sent when the server is back. The
 * same answer is never sent twice at the same time. If the server received an answer and only its reply was lost, the answer counts as
 * accepted.
 */
export class AnswerOutbox {
  readonly store: StoreApi<OutboxState>;
  readonly #options: OutboxOptions;
  readonly #sending = new Set<string>();
  #isPlanned = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.store = createStore<OutboxState>(() => ({ waiting: readStored(options.storage), accepted: new Set() }));
    options.onConnection((isConnected) => {
      if (isConnected) this.again();
    });
    if (this.#waiting.size === 0) return;
    this.#keep(this.#waiting);
    this.#plan();
  }

  /**
   * Sends an answer. Resolves to true if the server accepted it, and to false if it waits for the server. Rejects with an ApiError if the
   * server refuses it.
   */
  submit(answer: Omit<GivenAnswer, 'by'>): Promise<boolean> {
    return this.#deliver({ ...answer, by: this.#options.me() }, false);
  }

  /** Whether an answer to this request is being sent or was accepted. */
  isGiven(key: string): boolean {
    return this.#sending.has(key) || this.store.getState().accepted.has(key);
  }

  /** Sends all waiting answers of the current user now. */
  again(): void {
    const { me, onRefused } = this.#options;
    for (const [key, answer] of this.#waiting)
      if (answer.by !== undefined && answer.by !== me()) this.#plan();
      else if (!this.#sending.has(key))
        this.#deliver(answer, true).catch((error: unknown) => onRefused(answer, toApiError(error)));
  }

  /** Removes a waiting answer, so that the user can give another one. Returns false while the answer is being sent. */
  takeBack(key: string): boolean {
    if (this.#sending.has(key)) return false;
    this.#keep(this.#without(key));
    return true;
  }

  get #waiting(): ReadonlyMap<string, GivenAnswer> {
    return this.store.getState().waiting;
  }

  #without(key: string): ReadonlyMap<string, GivenAnswer> {
    return new Map([...this.#waiting].filter(([other]) => other !== key));
  }

  #keep(waiting: ReadonlyMap<string, GivenAnswer>): void {
    const { storage } = this.#options;
    this.store.setState({ waiting });
    try {
      const stored = [...waiting.values()].filter(({ isSecret }) => isSecret !== true);
      if (stored.length === 0) storage.removeItem(storageKey);
      else storage.setItem(storageKey, JSON.stringify(stored));
    } catch {
      // The storage is full. The tab keeps the answer in memory and warns before it is closed.
    }
    if (waiting.size === 0) window.removeEventListener('beforeunload', warn);
    else window.addEventListener('beforeunload', warn);
  }

  #take(key: string): void {
    this.store.setState(({ accepted }) => ({ accepted: new Set(accepted).add(key) }));
    this.#keep(this.#without(key));
    this.#options.onDecided?.(key);
  }

  /** Sends an answer and returns whether the server accepted it. Rejects with an ApiError if the server refuses it. */
  async #deliver(answer: GivenAnswer, isAgain: boolean): Promise<boolean> {
    const { send, me, onDecided } = this.#options;
    const key = outboxKey(answer.runId, answer.requestId);
    this.#sending.add(key);
    try {
      await send(answer);
      this.#take(key);
      return true;
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.isUnreachable) {
        this.#keep(new Map(this.#waiting).set(key, answer));
        this.#plan();
        return false;
      }
      if (isAgain && isOwn(answer, error, me())) {
        this.#take(key);
        return true;
      }
      this.#keep(this.#without(key));
      if (error.code === 'human_input_decided') onDecided?.(key);
      throw error;
    } finally {
      this.#sending.delete(key);
    }
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    const { later = sleep } = this.#options;
    later(() => {
      this.#isPlanned = false;
      this.again();
    }, againAfterMs);
  }
}

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
const sleep = (work: () => void, ms: number): void => void setTimeout(work, ms);

const Decided = z.object({ value: z.unknown(), by: z.string().optional() });

/** Whether this very answer decided the request, so that only the server's reply was lost. */
function isOwn({ value }: GivenAnswer, { code, details }: ApiError, me: string | undefined): boolean {
  const decided = code === 'human_input_decided' ? Decided.safeParse(details).data : undefined;
  if (decided?.value === undefined || JSON.stringify(decided.value) !== JSON.stringify(value)) return false;
  return decided.by === undefined || decided.by === me;
}

function readStored(storage: OutboxOptions['storage']): ReadonlyMap<string, GivenAnswer> {
  try {
    const kept = z.array(AnswerSchema).safeParse(JSON.parse(storage.getItem(storageKey) ?? '[]')).data ?? [];
    return new Map(kept.map((answer) => [outboxKey(answer.runId, answer.requestId), answer]));
  } catch {
    return new Map();
  }
}

/** Sends an answer to the server. Rejects with an ApiError. */
export const sendAnswer = ({ runId, requestId, isBreakpoint, value, reason }: GivenAnswer): Promise<unknown> =>
  isBreakpoint
    ? client.POST('/api/runs/{id}/human-inputs/{requestId}/continue', {
        params: { path: { id: runId, requestId } },
        body: { step: ContinueRequest.safeParse(value).data?.step ?? false },
      })
    : client.POST('/api/runs/{id}/human-inputs/{requestId}', {
        params: { path: { id: runId, requestId } },
        body: { value, reason: reason?.trim() || undefined },
      });
