import { z } from 'zod';
import { createStore } from 'zustand/vanilla';

/** The unsent input of a request's form. */
const Draft = z.object({
  /** The changed fields, by name. */
  values: z.record(z.string(), z.string()),
  /** The reason beside a button. */
  reason: z.string(),
  /** The user who typed it: other users who sign in here do not see it. */
  by: z.string().optional(),
});
type AnswerDraft = z.infer<typeof Draft>;

interface DraftParts {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** The current user. */
  readonly me: () => string | undefined;
}

const storageKey = 'heddle.drafts';
/** More than anybody types at once; the oldest are removed first. */
const most = 50;
export const noDraft: AnswerDraft = { values: {}, reason: '' };

/** Half-typed answers, by run and request: kept in this tab, also over a reload, until they are answered. */
export function createAnswerDrafts({ storage, me }: DraftParts) {
  const store = createStore<ReadonlyMap<string, AnswerDraft>>(() => recall(storage));

  function keep(drafts: ReadonlyMap<string, AnswerDraft>): void {
    const kept = [...drafts].slice(-most);
    store.setState(new Map(kept), true);
    try {
      if (kept.length === 0) storage.removeItem(storageKey);
      else storage.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // No room on this device: the tab still has it until it is loaded again.
    }
  }
  function forget(key: string): void {
    if (store.getState().has(key)) keep(new Map([...store.getState()].filter(([other]) => other !== key)));
  }
  /** The draft of a request, if the current user typed it. */
  function read(key: string): AnswerDraft | undefined {
    const draft = store.getState().get(key);
    return draft === undefined || (draft.by !== undefined && draft.by !== me()) ? undefined : draft;
  }

  return {
    store,
    read,
    forget,
    /** Stores the current input; empty input is removed. */
    write: (key: string, { values, reason }: Omit<AnswerDraft, 'by'>): void => {
      const rest = [...store.getState()].filter(([other]) => other !== key);
      const isNothing = reason === '' && Object.keys(values).length === 0;
      keep(new Map(isNothing ? rest : [...rest, [key, { values, reason, by: me() }]]));
    },
  };
}
export type AnswerDrafts = ReturnType<typeof createAnswerDrafts>;

function recall(storage: DraftParts['storage']): ReadonlyMap<string, AnswerDraft> {
  try {
    const kept = z.array(z.tuple([z.string(), Draft])).safeParse(JSON.parse(storage.getItem(storageKey) ?? '[]'));
    return new Map(kept.data ?? []);
  } catch {
    return new Map(); // Written by another version or by hand.
  }
}
