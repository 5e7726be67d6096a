import { z } from 'zod';
import { createStore } from 'zustand/vanilla';

/** The unsent input in the form of a request. */
const Draft = z.object({
  /** The values of changed fields, by name. */
  values: z.record(z.string(), z.string()),
  /** The reason that is sent with a button. */
  reason: z.string(),
  /** The user who typed it. Other users who sign in on this device do not see it. */
  by: z.string().optional(),
});
type AnswerDraft = z.infer<typeof Draft>;

interface DraftParts {
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly me: () => string | undefined;
}

const storageKey = 'heddle.drafts';
/** More drafts than anybody writes at once. Beyond this, the oldest are removed. */
const most = 50;
export const noDraft: AnswerDraft = { values: {}, reason: '' };

/** Stores unsent answers by run and request. They stay in this tab until the request is answered, even after a reload. */
export function createAnswerDrafts({ storage, me }: DraftParts) {
  const store = createStore<ReadonlyMap<string, AnswerDraft>>(() => recall(storage));

  function keep(drafts: ReadonlyMap<string, AnswerDraft>): void {
    const kept = [...drafts].slice(-most);
    store.setState(new Map(kept), true);
    try {
      if (kept.length === 0) storage.removeItem(storageKey);
      else storage.setItem(storageKey, JSON.stringify(kept));
    } catch {
      // The device has no space left; the drafts stay in memory until the tab is reloaded.
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
    /** Stores the current input of a request; removes it if it is empty. */
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
    return new Map(); // another version of Heddle wrote it
  }
}
