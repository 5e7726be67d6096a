import type { Citation, FileRef } from '@heddle/core';
import type { Said } from '../../ui/feedback/feedback-of-run.js';

/** A source of an answer, with its passage where the run returned it. */
export interface Source extends Citation {
  readonly words?: string;
}

/** One question with its answer. */
export interface Turn {
  readonly id: string;
  /** The message id for the server, so that it starts one run. */
  readonly name: string;
  readonly question: string;
  readonly files: readonly string[];
  readonly status: 'running' | 'waiting' | 'paused' | 'done' | 'failed' | 'stopped';
  readonly answer: string;
  readonly runId?: string;
  readonly error?: string;
  readonly sources: readonly Source[];
  readonly given: readonly FileRef[];
  /** What the user said about the answer. */
  readonly said?: Said | undefined;
  /** Why that could not be stored. */
  readonly ratingProblem?: string | undefined;
}

/** A conversation in this tab: its only secret is the token, which is in the address. */
export interface Kept {
  /** The user id at the server. */
  readonly session: string;
  /** The thread at the server; missing before the first answer begins. */
  readonly thread?: string | undefined;
  readonly turns: readonly Turn[];
}

/** What this browser keeps of a conversation for another day: no words, only who the user is at the server, and the thread. */
export interface KeptThread {
  readonly session: string;
  readonly thread: string;
}

/** The stored state of a form: its user id at the server, and its unfinished run. */
export interface KeptForm {
  readonly session: string;
  readonly runId?: string;
}

/** Stores a state over a reload of its tab; without storage, it lasts until the reload. */
export interface Keeper<State> {
  read(): State;
  write(state: State): void;
}

export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

export const emptyConversation = (): Kept => ({ session: newId(), turns: [] });

export const keepConversation = (token: string): Keeper<Kept> =>
  createKeeper(`heddle ${token.slice(0, 16)}`, emptyConversation, ({ turns }) => Array.isArray(turns));

/** The thread of a link in this browser, over the end of its tab. */
export const keepThread = (token: string) => {
  const key = `heddle thread ${token.slice(0, 16)}`;
  return {
    read: (): KeptThread | undefined => {
      try {
        const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as KeptThread | null; // written below
        return kept !== null && /^[\w-]{24}$/.test(kept.session) && /^\w{1,64}$/.test(kept.thread) ? kept : undefined;
      } catch {
        return undefined;
      }
    },
    write: (kept: KeptThread | undefined): void => {
      try {
        if (kept === undefined) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // No storage: the conversation lasts as long as its tab.
      }
    },
  };
};

export const keepForm = (token: string): Keeper<KeptForm> =>
  createKeeper(`heddle form ${token.slice(0, 16)}`, () => ({ session: newId() }));

function createKeeper<State extends { readonly session: string }>(
  key: string,
  empty: () => State,
  isWhole: (state: State) => boolean = () => true,
): Keeper<State> {
  return {
    read: () => {
      try {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as State | null; // written below
        return kept !== null && /^[\w-]{24}$/.test(kept.session) && isWhole(kept) ? kept : empty();
      } catch {
        return empty();
      }
    },
    write: (state) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // No storage, or it is full: the state lasts as long as the page.
      }
    },
  };
}
