import type { MeReply } from '@heddle/core';
import { createStore } from 'zustand/vanilla';

interface MeState {
  readonly me: MeReply | undefined;
  /** Names by principal id, as far as one may know them. */
  readonly names: ReadonlyMap<string, string>;
}

/** Names that every Heddle knows. */
export const knownNames: ReadonlyMap<string, string> = new Map([
  ['local', 'This machine'],
  ['heddle', 'Heddle'],
  ['anonymous', 'Somebody unknown'],
]);

/** What the server has said of who one is; `me-store.ts` reads it. */
export const meStore = createStore<MeState>(() => ({ me: undefined, names: knownNames }));

/** Who one is, as far as it is known; undefined before the server has said so. */
export const meNow = (): MeReply | undefined => meStore.getState().me;
