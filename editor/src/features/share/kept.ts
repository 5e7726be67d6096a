import type { Citation } from '@heddle/core';

/** A source of an answer, with its passage where the run returned it. */
export interface Source extends Citation {
  readonly words?: string;
}

/** A file from a run. */
export interface GivenFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
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
  readonly given: readonly GivenFile[];
  readonly thumb?: 'up' | 'down';
}

/** A conversation in this tab: its only secret is the token, which is in the address. */
export interface Kept {
  readonly session: string;
  readonly turns: readonly Turn[];
}

/** Stores conversations over a reload; without storage they last until the reload. */
export interface Keeper {
  read(): Kept;
  write(kept: Kept): void;
}

export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

export const emptyConversation = (): Kept => ({ session: newId(), turns: [] });

export function createKeeper(token: string): Keeper {
  const key = `heddle ${token.slice(0, 16)}`;
  return {
    read: () => {
      try {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null; // written below
        return kept !== null && /^[\w-]{24}$/.test(kept.session) && Array.isArray(kept.turns)
          ? kept
          : emptyConversation();
      } catch {
        return emptyConversation();
      }
    },
    write: (kept) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // No storage, or it is full: the conversation lasts as long as the page.
      }
    },
  };
}

/** The stored state of a form: its user id at the server, and its unfinished run. */
export interface KeptForm {
  readonly session: string;
  readonly runId?: string;
}

/** Stores a form's run over a reload of its tab; without storage, a reload starts again. */
export function createFormKeeper(token: string): { read(): KeptForm; write(kept: KeptForm): void } {
  const key = `heddle form ${token.slice(0, 16)}`;
  return {
    read: () => {
      try {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as KeptForm | null; // written below
        return kept !== null && /^[\w-]{24}$/.test(kept.session) ? kept : { session: newId() };
      } catch {
        return { session: newId() };
      }
    },
    write: (kept) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // No storage: the run lasts as long as the page.
      }
    },
  };
}
