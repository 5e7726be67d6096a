import { useState } from 'react';
import { useStore } from 'zustand';
import { useSession } from '../session/index.js';
import { noDraft, outboxKey } from '../run/index.js';
import type { DraftInUse } from '../../ui/answer/answer-draft.js';

interface StoredAnswerDraft extends DraftInUse {
  /** Whether any input is stored. */
  readonly isStored: boolean;
}

/** The input in the form of a request. It is stored in the tab, except secrets, which only the form holds. */
export function useAnswerDraft(runId: string, requestId: string): StoredAnswerDraft {
  const { drafts } = useSession();
  const key = outboxKey(runId, requestId);
  useStore(drafts.store, (all) => all.get(key));
  const draft = drafts.read(key);
  const { values, reason } = draft ?? noDraft;
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  return {
    values: { ...values, ...secrets },
    reason,
    isStored: draft !== undefined,
    setValue: (field, value) => {
      if (field.isSecret) {
        setSecrets((before) => ({ ...before, [field.name]: value }));
        return;
      }
      const { values: before, reason: why } = drafts.read(key) ?? noDraft;
      const others = Object.entries(before).filter(([name]) => name !== field.name);
      const changed = value === field.initial ? others : [...others, [field.name, value] as const];
      drafts.write(key, { values: Object.fromEntries(changed), reason: why });
    },
    setReason: (why) => drafts.write(key, { ...(drafts.read(key) ?? noDraft), reason: why }),
  };
}
