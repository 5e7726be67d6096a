import type { GuardedWrite, VersionStore } from '@heddle/core';
import { prepareAndCommit } from './prepare-and-commit.js';

type Next = Awaited<ReturnType<VersionStore['next']>>;

/** Commits the next version of a workflow. If another version has taken its number, it tries the following number. */
export async function addNext(
  next: () => Promise<Next>,
  commit: (writes: readonly GuardedWrite[], version: Next['version']) => Promise<void>,
): Promise<Next['version']> {
  return (await prepareAndCommit(next, ({ version, writes }) => commit(writes, version))).version;
}
