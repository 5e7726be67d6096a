import type { Turn } from './types.js';

/** A conversation in this tab. */
interface Kept {
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
interface KeptThread {
  readonly session: string;
  readonly thread: string;
}

/** Stores a state so that it survives a reload of its tab. Without storage, the state is lost at the reload. */
interface Keeper<State> {
  read(): State;
  write(state: State): void;
}

/** Where a chat keeps its conversation. */
export interface ChatKeeper extends Keeper<Kept> {
  /** Whether the turns must come from the server: in another tab, on another day, or when there are too many for the tab. */
  readonly isReturning: boolean;
}

/** The most turns that a tab stores; a longer conversation comes from the server. */
const mostKept = 100;

export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
};

export const emptyConversation = (): Kept => ({ session: newId(), turns: [] });

/** Stores a conversation under a name. Without a name, it ends with the page. */
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

/** Stores the thread of a conversation in this browser, so that it outlives the tab. */
const keepThread = (key: string) => ({
  read: (): KeptThread | undefined => {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as KeptThread | null; // `write` stores this shape
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
