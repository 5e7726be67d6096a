import type { Citation } from '@heddle/core';

/** A source of an answer, with the words of its passage where the run gave them. */
export interface Source extends Citation {
  readonly words?: string;
}

/** A file that a run gave. */
export interface GivenFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

/** One question with what came of it. */
export interface Turn {
  readonly id: string;
  /** Names the message for the server, so that it begins one run. */
  readonly name: string;
  readonly question: string;
  readonly files: readonly string[];
  readonly status: 'running' | 'waiting' | 'held' | 'done' | 'failed' | 'stopped';
  readonly answer: string;
  readonly runId?: string;
  readonly error?: string;
  readonly sources: readonly Source[];
  readonly given: readonly GivenFile[];
  readonly thumb?: 'up' | 'down';
}

/** A conversation, as this tab keeps it: nothing secret beyond the token, which stands in the address. */
export interface Kept {
  readonly session: string;
  readonly turns: readonly Turn[];
}

/** Where conversations are kept between reloads; a browser that allows no storage keeps them until then. */
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

/** What a form keeps: who it is for the server, and the run that it began and has not seen end. */
export interface KeptForm {
  readonly session: string;
  readonly runId?: string;
}

/** Where a form keeps its run between reloads of its tab; without storage, a reload begins anew. */
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
