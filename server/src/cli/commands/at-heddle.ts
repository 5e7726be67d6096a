import { readLock } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { unknownMember } from '../../http/unknown-member.js';
import type { z } from 'zod';
import type { Heddle } from '../../heddle/heddle.js';
import { createCaller, type Caller } from '../client/http-call.js';
import { settingsOf, withRoutes } from './context.js';

export interface JsonOption {
  readonly json?: true;
}

/** The same work, through the running server of the data folder or on the folder itself. */
export interface BothWays<T> {
  readonly server: (caller: Caller) => Promise<T>;
  /** Left out, the same routes are answered by this process, which is how what changes something gets its record. */
  readonly folder?: (heddle: Heddle) => T | Promise<T>;
  /** Works on a folder that lacks records too. */
  readonly takesLoss?: boolean;
}

/** Does work through the server where one runs; else on the folder, which is closed behind it. Errors: `storage_locked`. */
export async function atHeddle<T>(command: Command, work: BothWays<T>): Promise<T> {
  if (work.folder === undefined) return withRoutes(command, work.server);
  const settings = settingsOf(command);
  const owner = readLock(settings.dataFolder);
  if (owner?.kind === 'server' && owner.address !== undefined)
    return work.server(createCaller(owner.address, owner.token));
  const { openHeddle } = await import('../../heddle/open-heddle.js');
  const heddle = await openHeddle(settings, {
    kind: 'command',
    waitMs: 5_000,
    takesLoss: work.takesLoss === true,
  });
  try {
    return await work.folder(heddle);
  } finally {
    await heddle.stop();
    await heddle.close();
  }
}

/** Reads what was given on the command line; a member that is misspelt would count for nothing. Errors: `usage` with every problem and its place. */
export function parseGiven<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  const unknown = unknownMember(schema, value);
  if (parsed.success && unknown === undefined) return parsed.data;
  const problems = (parsed.error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new HeddleError(
    'usage',
    `${what} is not valid: ${[...problems, ...(unknown === undefined ? [] : [unknown.message])].join('; ')}`,
  );
}

/** A path of an address. */
export const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
