import type { Turn } from './types.js';

/** A conversation in this tab. */
interface Kept {
  /** The user id at the server. */
  readonly session: string;
  readonly thread?: string | undefined;
  readonly turns: readonly Turn[];
  /** The position of the messages before these turns in the thread. */
  readonly earlier?: number | undefined;
  /** Whether turns are missing that the server has. */
  readonly isCut?: boolean | undefined;
}

/** What this browser keeps of a conversation for another day: no words, only who the user is at the server, and the thread. */
interface KeptThread {
  readonly session: string;
  readonly thread: string;
}

/** Stores a state over a reload of its tab; without storage, it lasts until the reload. */
interface Keeper<State> {
  read(): State;
  write(state: State): void;
}

/** Where a chat keeps its conversation. */
export interface ChatKeeper extends Keeper<Kept> {
  /** Whether the turns come from the server: in another tab, on another day, and where they are too many for the tab. */
  readonly isReturning: boolean;
}

/** Turns that a tab keeps; a longer conversation comes from the server. */
const mostKept = 100;

export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

export const emptyConversation = (): Kept => ({ session: newId(), turns: [] });

/** Keeps a conversation under a name; without a name, it ends with its page. */
export function keepConversation(name: string | undefined): ChatKeeper {
  if (name === undefined) return { isReturning: false, read: emptyConversation, write: () => undefined };
  const tab = keepInTab<Kept>(`heddle ${name}`, emptyConversation, ({ turns }) => Array.isArray(turns));
  const browser = keepThread(`heddle thread ${name}`);
  const inTab = tab.read();
  const before = browser.read();
  const isReturning = before !== undefined && (inTab.turns.length === 0 || inTab.isCut === true);
  return {
    isReturning,
    read: () => (isReturning ? { ...before, turns: [] } : inTab),
    write: ({ session, thread, turns, earlier }) => {
      const isCut = thread !== undefined && turns.length > mostKept;
      tab.write({
        session,
        thread,
        turns: isCut ? turns.slice(-mostKept) : turns,
        ...(isCut ? { isCut } : { earlier }),
      });
      browser.write(thread === undefined ? undefined : { session, thread });
    },
  };
}

/** The thread of a conversation in this browser, over the end of its tab. */
const keepThread = (key: string) => ({
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
});

export function keepInTab<State extends { readonly session: string }>(
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
