import type { MeReply } from '@heddle/core';
import { createStore } from 'zustand/vanilla';

interface MeState {
  readonly me: MeReply | undefined;
  /** Names by principal id, as far as the user may know them. */
  readonly names: ReadonlyMap<string, string>;
}

/** Names that exist in every installation. */
export const knownNames: ReadonlyMap<string, string> = new Map([
  ['local', 'Local user'],
  ['heddle', 'Heddle'],
  ['anonymous', 'Unknown'],
]);

/** The server's data about the current user, loaded by `me-store.ts`. */
export const meStore = createStore<MeState>(() => ({ me: undefined, names: knownNames }));

/** The current user; undefined before the server has answered. */
export const meNow = (): MeReply | undefined => meStore.getState().me;
