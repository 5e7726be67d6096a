import { HeddleError, type GuardedWrite, type VersionStore } from '@heddle/core';

/** More operations at once on one workflow than this are not expected. */
const mostTries = 10;

/** Commits the next version of a workflow. Where another version took its number meanwhile, it gets the one after. */
export async function addNext(
  next: () => ReturnType<VersionStore['next']>,
  commit: (
    writes: readonly GuardedWrite[],
    version: Awaited<ReturnType<VersionStore['next']>>['version'],
  ) => Promise<void>,
): Promise<Awaited<ReturnType<VersionStore['next']>>['version']> {
  for (let attempt = 1; ; attempt += 1) {
    const { version, writes } = await next();
    try {
      await commit(writes, version);
      return version;
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'conflict' || attempt === mostTries) throw error;
    }
  }
}
