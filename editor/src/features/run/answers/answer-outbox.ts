import { ContinueRequest } from '@heddle/core';
import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { client } from '../../../data/api/client.js';
import { toApiError, type ApiError } from '../../../data/http/http.js';

/** An answer to a request, or the command to continue from a breakpoint. */
const Given = z.object({
  runId: z.string(),
  requestId: z.string(),
  /** The title of the request. */
  title: z.string(),
  /** A breakpoint is continued, not answered. */
  isBreakpoint: z.boolean(),
  value: z.unknown(),
  reason: z.string().optional(),
  /** It holds a secret: it stays in memory and is not stored. */
  isSecret: z.boolean().optional(),
  /** The user who answered: other users who sign in here do not send it. */
  by: z.string().optional(),
});
export type GivenAnswer = z.infer<typeof Given>;

export interface OutboxState {
  /** Unsent answers, by run and request. */
  readonly waiting: ReadonlyMap<string, GivenAnswer>;
  /** Answers sent from this tab, whose requests are about to disappear. */
  readonly taken: ReadonlySet<string>;
}

export interface OutboxParts {
  /** Errors: ApiError. */
  readonly send: (answer: GivenAnswer) => Promise<unknown>;
  readonly onConnection: (listener: (isConnected: boolean) => void) => () => void;
  /** The current user. */
  readonly me: () => string | undefined;
  /** Called when an answer is refused on a later attempt. */
  readonly onRefused: (answer: GivenAnswer, error: ApiError) => void;
  /** Called when a request is decided, by this answer or another. */
  readonly onDecided?: (key: string) => void;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly later?: (work: () => void, ms: number) => void;
}

const place = 'heddle.answers';
/** How often to retry, in case the live connection does not report that the server is back. */
const againAfterMs = 5_000;

/** The key of a request. */
export const outboxKey = (runId: string, requestId: string): string => `${runId} ${requestId}`;

/**
 * Outgoing answers. An answer that cannot be sent now is kept, also over a reload, and sent when the server is back. It is sent once at a
 * time; where the server received it and only the reply was lost, it counts as accepted.
 */
export function createAnswerOutbox({
  send,
  onConnection,
  me,
  onRefused,
  onDecided,
  storage,
  later = sleep,
}: OutboxParts) {
  const store = createStore<OutboxState>(() => ({ waiting: recall(storage), taken: new Set() }));
  const sending = new Set<string>();
  let isPlanned = false;
  const warn = (event: BeforeUnloadEvent): void => event.preventDefault();

  function keep(waiting: ReadonlyMap<string, GivenAnswer>): void {
    store.setState({ waiting });
    try {
      const stored = [...waiting.values()].filter(({ isSecret }) => isSecret !== true);
      if (stored.length === 0) storage.removeItem(place);
      else storage.setItem(place, JSON.stringify(stored));
    } catch {
      // No room on this device: the tab still has it, and asks before it is closed.
    }
    if (waiting.size === 0) window.removeEventListener('beforeunload', warn);
    else window.addEventListener('beforeunload', warn);
  }
  const without = (key: string): ReadonlyMap<string, GivenAnswer> =>
    new Map([...store.getState().waiting].filter(([other]) => other !== key));

  function take(key: string): void {
    store.setState(({ taken }) => ({ taken: new Set(taken).add(key) }));
    keep(without(key));
    onDecided?.(key);
  }

  /** Whether the server has it now. Errors: ApiError where it is refused. */
  async function deliver(answer: GivenAnswer, isAgain: boolean): Promise<boolean> {
    const key = outboxKey(answer.runId, answer.requestId);
    sending.add(key);
    try {
      await send(answer);
      take(key);
      return true;
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.isUnreachable) {
        keep(new Map(store.getState().waiting).set(key, answer));
        plan();
        return false;
      }
      if (isAgain && isOwn(answer, error, me())) {
        take(key);
        return true;
      }
      keep(without(key));
      if (error.code === 'human_input_decided') onDecided?.(key);
      throw error;
    } finally {
      sending.delete(key);
    }
  }

  function again(): void {
    for (const [key, answer] of store.getState().waiting)
      if (answer.by !== undefined && answer.by !== me()) plan();
      else if (!sending.has(key)) deliver(answer, true).catch((error: unknown) => onRefused(answer, toApiError(error)));
  }
  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    later(() => {
      isPlanned = false;
      again();
    }, againAfterMs);
  }
  onConnection((isConnected) => {
    if (isConnected) again();
  });
  if (store.getState().waiting.size > 0) {
    keep(store.getState().waiting);
    plan();
  }

  return {
    store,
    /** Sends an answer: true when it is accepted, false where it waits for the server. Errors: ApiError where it is refused. */
    give: (answer: Omit<GivenAnswer, 'by'>) => deliver({ ...answer, by: me() }, false),
    /** Whether an answer to this request is being sent or was accepted. */
    isGiven: (key: string): boolean => sending.has(key) || store.getState().taken.has(key),
    /** Sends waiting answers now. */
    again,
    /** Removes a waiting answer, so that another one can be given; false while it is being sent. */
    takeBack: (key: string): boolean => {
      if (sending.has(key)) return false;
      keep(without(key));
      return true;
    },
  };
}
export type AnswerOutbox = ReturnType<typeof createAnswerOutbox>;

const sleep = (work: () => void, ms: number): void => void setTimeout(work, ms);

const Decided = z.object({ value: z.unknown(), by: z.string().optional() });

/** Whether the deciding answer is the one that was sent: then only its reply was lost. */
function isOwn({ value }: GivenAnswer, { code, details }: ApiError, me: string | undefined): boolean {
  const decided = code === 'human_input_decided' ? Decided.safeParse(details).data : undefined;
  if (decided?.value === undefined || JSON.stringify(decided.value) !== JSON.stringify(value)) return false;
  return decided.by === undefined || decided.by === me;
}

function recall(storage: OutboxParts['storage']): ReadonlyMap<string, GivenAnswer> {
  try {
    const kept = z.array(Given).safeParse(JSON.parse(storage.getItem(place) ?? '[]')).data ?? [];
    return new Map(kept.map((answer) => [outboxKey(answer.runId, answer.requestId), answer]));
  } catch {
    return new Map();
  }
}

/** Sends an answer. Errors: ApiError. */
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
