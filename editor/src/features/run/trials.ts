import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';

const StoredTrials = z.object({
  pins: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  breakpoints: z.array(z.string()).default([]),
  isOff: z.boolean().default(false),
});
type StoredTrials = z.infer<typeof StoredTrials>;

/** The settings for test runs of a workflow: pinned outputs and breakpoints. They are stored in this browser, never in the document. */
interface TrialState {
  readonly workflowId: string | undefined;
  readonly pins: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly breakpoints: readonly string[];
  /** Whether pins and breakpoints are kept but not used for now. */
  readonly isOff: boolean;
}

export type TrialStore = StoreApi<TrialState>;

const none: StoredTrials = { pins: {}, breakpoints: [], isOff: false };
const keyOf = (workflowId: string): string => `heddle.trial.${workflowId}`;
/** The largest pin in bytes, so that it fits into the browser's storage. */
export const largestPin = 1_000_000;

/** A store for no workflow yet. */
export function createTrialStore(): TrialStore {
  return createStore<TrialState>(() => ({ ...none, workflowId: undefined }));
}

/** Loads the pins and breakpoints of a workflow, and stores later changes. */
export function persistTrials(
  store: TrialStore,
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
): (workflowId: string | undefined) => void {
  store.subscribe((state, before) => {
    if (state.workflowId === undefined || state.workflowId !== before.workflowId) return;
    const { pins, breakpoints, isOff } = state;
    try {
      if (Object.keys(pins).length === 0 && breakpoints.length === 0) storage.removeItem(keyOf(state.workflowId));
      else storage.setItem(keyOf(state.workflowId), JSON.stringify({ pins, breakpoints, isOff }));
    } catch {
      // The storage is full: pins and breakpoints last until the page is closed.
    }
  });
  return (workflowId) => {
    if (store.getState().workflowId === workflowId) return;
    store.setState({ ...(workflowId === undefined ? none : read(storage.getItem(keyOf(workflowId)))), workflowId });
  };
}

function read(text: string | null): StoredTrials {
  try {
    return StoredTrials.parse(JSON.parse(text ?? '{}'));
  } catch {
    return none; // another version of Heddle wrote it
  }
}

/** Sets breakpoints at all given nodes, or removes them if each already has one. */
export function toggleBreakpoints(store: TrialStore, nodes: readonly string[]): void {
  store.setState(({ breakpoints }) => {
    const isAll = nodes.every((node) => breakpoints.includes(node));
    const others = breakpoints.filter((node) => !nodes.includes(node));
    return { breakpoints: isAll ? others : [...others, ...nodes], isOff: false };
  });
}

/** Pins the outputs of a node; undefined removes the pin. */
export function setPin(store: TrialStore, node: string, outputs: Readonly<Record<string, unknown>> | undefined): void {
  store.setState(({ pins }) => {
    const { [node]: _before, ...others } = pins;
    return { pins: outputs === undefined ? others : { ...others, [node]: outputs }, isOff: false };
  });
}

/** Removes all pins and breakpoints. */
export function clearTrials(store: TrialStore): void {
  store.setState(none);
}

/** The options of a test run: the pins and breakpoints of nodes that exist. Empty while they are off. */
export function trialOptions(
  { pins, breakpoints, isOff }: TrialState,
  nodes: Readonly<Record<string, unknown>>,
): { readonly pins?: Record<string, Record<string, unknown>>; readonly breakpoints?: string[] } {
  if (isOff) return {};
  const used = Object.entries(pins).flatMap(([node, outputs]) =>
    Object.hasOwn(nodes, node) ? [[node, { ...outputs }] as const] : [],
  );
  const present = breakpoints.filter((node) => Object.hasOwn(nodes, node));
  return {
    ...(used.length === 0 ? {} : { pins: Object.fromEntries(used) }),
    ...(present.length === 0 ? {} : { breakpoints: present }),
  };
}
