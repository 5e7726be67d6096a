import type { GuardedWrite, VersionStore } from '@heddle/core';
import { untilDone } from './until-done.js';

type Next = Awaited<ReturnType<VersionStore['next']>>;

/** Commits the next version of a workflow. Where another version took its number meanwhile, it gets the one after. */
export async function addNext(
  next: () => Promise<Next>,
  commit: (writes: readonly GuardedWrite[], version: Next['version']) => Promise<void>,
): Promise<Next['version']> {
  return (await untilDone(next, ({ version, writes }) => commit(writes, version))).version;
}
