import { readLock } from '@heddle/adapters/database';
import { HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { unknownMember } from '../../http/bodies/unknown-member.js';
import type { z } from 'zod';
import type { Heddle } from '../../heddle/heddle.js';
import { createCaller, type Caller } from '../client/http-call.js';
import { settingsOf } from './context.js';

export interface JsonOption {
  readonly json?: true;
}

/** The same work through the running server of the data folder, or on the folder itself. */
export interface BothWays<T> {
  readonly server: (caller: Caller) => Promise<T>;
  readonly folder: (heddle: Heddle) => T | Promise<T>;
  /** Also opens a folder that lacks records. */
  readonly takesLoss?: boolean;
}

/** Works through the server where one runs; otherwise on the folder, and closes it afterwards. Errors: `storage_locked`. */
export async function atHeddle<T>(command: Command, work: BothWays<T>): Promise<T> {
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

/** Parses arguments of the command line. A misspelt member is an error. Errors: `usage` with every problem and its location. */
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

/** A path of the API. */
export const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
