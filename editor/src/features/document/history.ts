import type { WorkflowDocument } from '@heddle/core';

/** Undo and redo steps. Documents share unchanged parts, so a step costs little memory. */
export interface History {
  readonly past: readonly WorkflowDocument[];
  readonly future: readonly WorkflowDocument[];
  /** The gesture of the last step. Further changes of the same gesture add no step. */
  readonly gesture: { readonly name: string; readonly time: number } | undefined;
}

export const noHistory: History = { past: [], future: [], gesture: undefined };

const mostSteps = 300;
/** A change after a longer pause starts a new step, even if it belongs to the same gesture. */
const gestureMs = 1500;

/** Records a step that returns to `before`. Successive changes of one named gesture share one step. */
export function step(history: History, before: WorkflowDocument, now: number, gesture?: string): History {
  const isSame = gesture !== undefined && history.gesture?.name === gesture && now - history.gesture.time < gestureMs;
  const named = gesture === undefined ? undefined : { name: gesture, time: now };
  if (isSame && history.past.length > 0) return { past: history.past, future: [], gesture: named };
  return { past: [...history.past.slice(1 - mostSteps), before], future: [], gesture: named };
}

/** Undoes a step: returns the document to show and the new history; undefined if there is no step to undo. */
export function stepBack(
  history: History,
  shown: WorkflowDocument,
): { readonly document: WorkflowDocument; readonly history: History } | undefined {
  const document = history.past.at(-1);
  if (document === undefined) return undefined;
  return {
    document,
    history: { past: history.past.slice(0, -1), future: [shown, ...history.future], gesture: undefined },
  };
}

/** Redoes a step; undefined if there is none to redo. */
export function stepForth(
  history: History,
  shown: WorkflowDocument,
): { readonly document: WorkflowDocument; readonly history: History } | undefined {
  const [document, ...future] = history.future;
  if (document === undefined) return undefined;
  return { document, history: { past: [...history.past, shown], future, gesture: undefined } };
}
