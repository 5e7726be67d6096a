import type { Turn } from './types.js';

/** A conversation in this tab. */
interface StoredConversation {
  /** The user id at the server. */
  readonly session: string;
  readonly thread?: string | undefined;
  readonly turns: readonly Turn[];
  /** The position in the thread before which the earlier messages are. */
  readonly earlier?: number | undefined;
  /** Whether the server has turns that are missing here. */
  readonly isCut?: boolean | undefined;
}

/** What this browser stores of a conversation beyond its tab: the user's id at the server and the thread, but no messages. */
interface StoredThread {
  readonly session: string;
  readonly thread: string;
}

/** Stores a state so that it survives a reload of its tab. Without storage, the state is lost at the reload. */
interface StateStorage<State> {
  read(): State;
  write(state: State): void;
}

/** Where a chat keeps its conversation. */
export interface ChatStorage extends StateStorage<StoredConversation> {
  /** Whether the turns must come from the server: in another tab, on another day, or when there are too many for the tab. */
  readonly isReturning: boolean;
}

/** The most turns that a tab stores; a longer conversation comes from the server. */
const mostStored = 100;

export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

export const emptyConversation = (): StoredConversation => ({ session: newId(), turns: [] });

/** Stores a conversation under a name. Without a name, it ends with the page. */
export function chatStorage(name: string | undefined): ChatStorage {
  if (name === undefined) return { isReturning: false, read: emptyConversation, write: () => undefined };
  const tab = tabStorage<StoredConversation>(`heddle ${name}`, emptyConversation, ({ turns }) => Array.isArray(turns));
  const browser = threadStorage(`heddle thread ${name}`);
  const inTab = tab.read();
  const before = browser.read();
  const isReturning = before !== undefined && (inTab.turns.length === 0 || inTab.isCut === true);
  return {
    isReturning,
    read: () => (isReturning ? { ...before, turns: [] } : inTab),
    write: ({ session, thread, turns, earlier }) => {
      const isCut = thread !== undefined && turns.length > mostStored;
      tab.write({
        session,
        thread,
        turns: isCut ? turns.slice(-mostStored) : turns,
        ...(isCut ? { isCut } : { earlier }),
      });
      browser.write(thread === undefined ? undefined : { session, thread });
    },
  };
}

/** Stores the thread of a conversation in this browser, so that it outlives the tab. */
const threadStorage = (key: string) => ({
  read: (): StoredThread | undefined => {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as StoredThread | null; // `write` stores this shape
      return kept !== null && /^[\w-]{24}$/.test(kept.session) && /^\w{1,64}$/.test(kept.thread) ? kept : undefined;
    } catch {
      return undefined;
    }
  },
  write: (kept: StoredThread | undefined): void => {
    try {
      if (kept === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // No storage: the conversation lasts as long as its tab.
    }
  },
});

export function tabStorage<State extends { readonly session: string }>(
  key: string,
  empty: () => State,
  isWhole: (state: State) => boolean = () => true,
): StateStorage<State> {
  return {
    read: () => {
      try {
        const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as State | null; // `write` stores this shape
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
