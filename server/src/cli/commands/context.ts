import { readLock } from '@heddle/adapters/database';
import type { Command } from 'commander';
import { readSettings } from '../../settings/read-settings.js';
import type { Settings } from '../../settings/settings-table.js';
import { connect } from '../client/connect.js';
import type { HeddleClient } from '../client/heddle-client.js';
import { openRoutes, type Routes } from '../client/routes.js';

/** The settings of a command: the environment, and `--data`. */
export function settingsOf(command: Command, overrides: Readonly<Record<string, string | undefined>> = {}): Settings {
  const data: unknown = command.optsWithGlobals()['data'];
  return readSettings(process.env, { ...overrides, HEDDLE_DATA: typeof data === 'string' ? data : undefined });
}

/** The address of this Heddle for people: the setting, else the address of its server, else the default address. */
export function placeOf(command: Command): string {
  const settings = settingsOf(command);
  const place = settings.publicUrl ?? readLock(settings.dataFolder)?.address ?? `http://127.0.0.1:${settings.port}`;
  return new URL(place).origin;
}

/** Works through the server of the data folder, or on the folder itself; closes what it opened. */
export async function withClient<T>(command: Command, work: (client: HeddleClient) => Promise<T>): Promise<T> {
  const client = await connect(settingsOf(command));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Works through the routes of the API, as `withClient` does. */
export async function withRoutes<T>(command: Command, work: (routes: Routes) => Promise<T>): Promise<T> {
  const routes = await openRoutes(settingsOf(command));
  try {
    return await work(routes);
  } finally {
    await routes.close();
  }
}

/** Calls back at each Ctrl+C while the work lasts; the third one ends the process. */
export async function onInterrupt<T>(interrupt: () => void, work: () => Promise<T>): Promise<T> {
  let times = 0;
  const handle = (): void => {
    times += 1;
    if (times >= 3) process.exit(130);
    interrupt();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  try {
    return await work();
  } finally {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  }
}
