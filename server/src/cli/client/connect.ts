import { HeddleError } from '@heddle/core';
import { readLock } from '@heddle/adapters/database';
import type { Settings } from '../../settings/settings-table.js';
import type { HeddleClient } from './heddle-client.js';
import { createHttpClient } from './http-client.js';

/**
 * Connects to the running server of the data folder, or opens the folder in this process; it waits 5 s for another command. Errors:
 * `storage_locked` with the owner's pid, `storage_*`.
 */
export async function connect(settings: Settings, waitMs = 5_000): Promise<HeddleClient> {
  const running = serverOf(settings.dataFolder);
  if (running !== undefined) return running;
  const [{ openHeddle }, { createLocalClient }] = await Promise.all([
    import('../../heddle/open-heddle.js'),
    import('./local-client.js'),
  ]);
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return createLocalClient(
        await openHeddle(settings, { kind: 'command', waitMs: Math.max(0, deadline - performance.now()) }),
      );
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'storage_locked') throw error;
      // A server took the folder meanwhile and may be about to write its address.
      const server = serverOf(settings.dataFolder);
      if (server !== undefined) return server;
      if (performance.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function serverOf(folder: string): HeddleClient | undefined {
  const owner = readLock(folder);
  return owner?.kind === 'server' && owner.address !== undefined
    ? createHttpClient(owner.address, owner.token)
    : undefined;
}
