import { readLock } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import type { Settings } from '../../settings/settings-table.js';
import { createCaller, type Client } from './http-call.js';

/**
 * Connects to the running server of the data folder. Without a server it opens the folder in this process, and waits up to `waitMs` for
 * another command to release it. `takesLoss` also opens a folder that lacks records. Errors: `storage_locked` with the owner's pid,
 * `storage_*`.
 */
export async function connect(settings: Settings, waitMs = 5_000, takesLoss = false): Promise<Client> {
  const running = serverOf(settings.dataFolder);
  if (running !== undefined) return running;
  const { openInProcess } = await import('./in-process.js');
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await openInProcess(settings, { waitMs: Math.max(0, deadline - performance.now()), takesLoss });
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'storage_locked') throw error;
      // A server may have locked the folder meanwhile, and may write its address at any moment.
      const server = serverOf(settings.dataFolder);
      if (server !== undefined) return server;
      if (performance.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function serverOf(folder: string): Client | undefined {
  const owner = readLock(folder);
  if (owner?.kind !== 'server' || owner.address === undefined) return undefined;
  return { ...createCaller(owner.address, owner.token), address: owner.address, close: () => Promise.resolve() };
}
