import type { WorkflowDocument } from '@heddle/core';

/** Steps back and forth. Documents share what did not change, so a step costs little. */
export interface History {
  readonly past: readonly WorkflowDocument[];
  readonly future: readonly WorkflowDocument[];
  /** What the last step was part of: further changes of the same gesture make no step of their own. */
  readonly gesture: { readonly name: string; readonly time: number } | undefined;
}

export const noHistory: History = { past: [], future: [], gesture: undefined };

const mostSteps = 300;
/** Typing that pauses for longer begins a new step. */
const gestureMs = 1500;

/** Takes a step: from `before` to whatever is shown next. Changes of one named gesture that follow each other closely are one step. */
export function step(history: History, before: WorkflowDocument, now: number, gesture?: string): History {
  const isSame = gesture !== undefined && history.gesture?.name === gesture && now - history.gesture.time < gestureMs;
  const named = gesture === undefined ? undefined : { name: gesture, time: now };
  if (isSame && history.past.length > 0) return { past: history.past, future: [], gesture: named };
  return { past: [...history.past.slice(1 - mostSteps), before], future: [], gesture: named };
}

/** One step back: the document to show, and the history then; undefined at the beginning. */
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

/** One step forth; undefined at the end. */
export function stepForth(
  history: History,
  shown: WorkflowDocument,
): { readonly document: WorkflowDocument; readonly history: History } | undefined {
  const [document, ...future] = history.future;
  if (document === undefined) return undefined;
  return { document, history: { past: [...history.past, shown], future, gesture: undefined } };
}
