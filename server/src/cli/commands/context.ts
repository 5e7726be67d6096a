import { readLock } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import type { Heddle } from '../../heddle/heddle.js';
import { readSettings } from '../../settings/read-settings.js';
import type { Settings } from '../../settings/settings-table.js';
import { connect } from '../client/connect.js';
import type { Client } from '../client/http-call.js';

/** The settings of a command: the environment, and `--data`. */
export function settingsOf(command: Command, overrides: Readonly<Record<string, string | undefined>> = {}): Settings {
  const data: unknown = command.optsWithGlobals()['data'];
  return readSettings(process.env, { ...overrides, HEDDLE_DATA: typeof data === 'string' ? data : undefined });
}

/**
 * The address of this Heddle for links: the public URL from the settings, else the address of the running server, else the default address.
 */
export function addressOf(command: Command): string {
  const settings = settingsOf(command);
  const address = settings.publicUrl ?? readLock(settings.dataFolder)?.address ?? `http://127.0.0.1:${settings.port}`;
  return new URL(address).origin;
}

/**
 * Gives `work` a client of the data folder's server, or of the API in this process if no server runs, and closes it afterwards. `takesLoss`
 * also opens a folder that lacks records. Errors: `storage_locked`, `storage_*`.
 */
export async function withClient<T>(
  command: Command,
  work: (client: Client) => Promise<T>,
  { takesLoss = false }: { readonly takesLoss?: boolean } = {},
): Promise<T> {
  const client = await connect(settingsOf(command), undefined, takesLoss);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/**
 * Opens the data folder for a repair, which the API has no route for because a server has the files open. Errors: `conflict` with `why`
 * while a server runs, `storage_locked`.
 */
export async function withFolder<T>(
  command: Command,
  { why, takesLoss = false }: { readonly why: string; readonly takesLoss?: boolean },
  work: (heddle: Heddle) => T | Promise<T>,
): Promise<T> {
  const settings = settingsOf(command);
  const owner = readLock(settings.dataFolder);
  if (owner?.kind === 'server' && owner.address !== undefined)
    throw new HeddleError('conflict', `Stop the server first: ${why}`);
  const { openHeddle } = await import('../../heddle/open-heddle.js');
  const heddle = await openHeddle(settings, { kind: 'command', waitMs: 5_000, takesLoss });
  try {
    return await work(heddle);
  } finally {
    await heddle.stop();
    await heddle.close();
  }
}

/** Runs work that Ctrl+C aborts; the third Ctrl+C ends the process. */
export function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  return onInterrupt(
    () => stop.abort(),
    () => work(stop.signal),
  );
}

/** Calls `interrupt` at each Ctrl+C during the work; the third Ctrl+C ends the process. */
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
