import { z } from 'zod';
import { createStore } from 'zustand/vanilla';
import { toApiError, type ApiError } from '../api/http.js';

/** An answer to a question, or the way on from a breakpoint. */
const Given = z.object({
  runId: z.string(),
  askId: z.string(),
  /** What people call the question. */
  title: z.string(),
  /** A breakpoint is gone on from, and not answered. */
  isBreakpoint: z.boolean(),
  value: z.unknown(),
  reason: z.string().optional(),
  /** It holds a secret: it stays in this tab's memory, and is not stored. */
  isSecret: z.boolean().optional(),
  /** Who gave it, as the server names them: nobody else who signs in here sends it. */
  by: z.string().optional(),
});
export type GivenAnswer = z.infer<typeof Given>;

export interface OutboxState {
  /** What is not with the server yet, by run and question. */
  readonly waiting: ReadonlyMap<string, GivenAnswer>;
  /** What this tab answered: such a question is on its way off the page. */
  readonly taken: ReadonlySet<string>;
}

export interface OutboxParts {
  /** Errors: ApiError. */
  readonly send: (answer: GivenAnswer) => Promise<void>;
  readonly onConnection: (listener: (isConnected: boolean) => void) => () => void;
  /** Who answers here, as the server names them. */
  readonly me: () => string | undefined;
  /** Hears of an answer that was refused when it was sent again. */
  readonly onRefused: (answer: GivenAnswer, error: ApiError) => void;
  /** Hears of a question that is decided, by this answer or by another. */
  readonly onDecided?: (key: string) => void;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly later?: (work: () => void, ms: number) => void;
}

const place = 'heddle.answers';
/** Often enough to be quick, where the live connection does not say that the server is back. */
const againAfterMs = 5_000;

/** The name of a question among all. */
export const outboxKey = (runId: string, askId: string): string => `${runId} ${askId}`;

/**
 * Answers on their way. One that the server cannot be told now is kept, also over a reload, and sent again once it is back. It is sent
 * once at a time; where the server had it all the while and only its reply was lost, it counts as taken.
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

  /** Whether it is with the server now. Errors: ApiError where it refuses it. */
  async function deliver(answer: GivenAnswer, isAgain: boolean): Promise<boolean> {
    const key = outboxKey(answer.runId, answer.askId);
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
      if (error.code === 'ask_decided') onDecided?.(key);
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
    /** Sends an answer: true once it is taken, false where it waits for the server. Errors: ApiError where it is refused. */
    give: (answer: Omit<GivenAnswer, 'by'>) => deliver({ ...answer, by: me() }, false),
    /** Whether an answer to this question is being sent, or was taken. */
    isGiven: (key: string): boolean => sending.has(key) || store.getState().taken.has(key),
    /** Sends at once what waits. */
    again,
    /** Takes back what waits, so that something else can be answered; false where it is on its way. */
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

/** Whether the answer that decided is the one that was sent: then only the reply to it was lost. */
function isOwn({ value }: GivenAnswer, { code, details }: ApiError, me: string | undefined): boolean {
  const decided = code === 'ask_decided' ? Decided.safeParse(details).data : undefined;
  if (decided?.value === undefined || JSON.stringify(decided.value) !== JSON.stringify(value)) return false;
  return decided.by === undefined || decided.by === me;
}

function recall(storage: OutboxParts['storage']): ReadonlyMap<string, GivenAnswer> {
  try {
    const kept = z.array(Given).safeParse(JSON.parse(storage.getItem(place) ?? '[]')).data ?? [];
    return new Map(kept.map((answer) => [outboxKey(answer.runId, answer.askId), answer]));
  } catch {
    return new Map();
  }
}
