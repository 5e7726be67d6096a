import { HeddleError } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { bucketAddress, postgresAddress, redisAddress, type SettingParser } from './setting-parsers.js';
import type { Settings } from './settings-table.js';

/** An address that may contain a password, from a setting or from the file that another setting names. */
interface GivenAddress {
  readonly url: string | undefined;
  readonly file: string | undefined;
  readonly fileSetting: string;
  /** The name of the server for messages, such as `Postgres`. */
  readonly server: string;
  readonly form: string;
  readonly parser: SettingParser<string>;
}

/**
 * Reads the address of Postgres from its setting or its file; undefined if the database is in the data folder. Errors: `setting_invalid`,
 * whose message never repeats the address.
 */
export const databaseUrlOf = ({
  databaseUrl,
  databaseUrlFile,
}: Pick<Settings, 'databaseUrl' | 'databaseUrlFile'>): string | undefined =>
  addressOf({
    url: databaseUrl,
    file: databaseUrlFile,
    fileSetting: 'HEDDLE_DATABASE_URL_FILE',
    server: 'Postgres',
    form: 'postgres://user:password@host:5432/database',
    parser: postgresAddress,
  });

/**
 * Reads the address of Redis from its setting or its file; undefined if neither is set. Errors: `setting_invalid`, whose message never
 * repeats the address.
 */
export const redisUrlOf = ({ redisUrl, redisUrlFile }: Pick<Settings, 'redisUrl' | 'redisUrlFile'>) =>
  addressOf({
    url: redisUrl,
    file: redisUrlFile,
    fileSetting: 'HEDDLE_REDIS_URL_FILE',
    server: 'Redis',
    form: 'redis://user:password@host:6379',
    parser: redisAddress,
  });

/**
 * Reads the address of the bucket from its setting or its file; undefined if neither is set. Errors: `setting_invalid`, whose message never
 * repeats the address.
 */
export const blobsUrlOf = ({ blobsUrl, blobsUrlFile }: Pick<Settings, 'blobsUrl' | 'blobsUrlFile'>) =>
  addressOf({
    url: blobsUrl,
    file: blobsUrlFile,
    fileSetting: 'HEDDLE_BLOBS_URL_FILE',
    server: 'a bucket',
    form: 's3://key:secret@bucket/prefix?endpoint=https://host:port&region=name',
    parser: bucketAddress,
  });

/**
 * Reads the address of pgvector from its setting or its file; undefined if neither is set. Errors: `setting_invalid`, whose message never
 * repeats the address.
 */
export const pgvectorUrlOf = ({ pgvectorUrl, pgvectorUrlFile }: Pick<Settings, 'pgvectorUrl' | 'pgvectorUrlFile'>) =>
  addressOf({
    url: pgvectorUrl,
    file: pgvectorUrlFile,
    fileSetting: 'PGVECTOR_URL_FILE',
    server: 'Postgres',
    form: 'postgres://user:password@host:5432/database',
    parser: postgresAddress,
  });

function addressOf({ url, file, fileSetting, server, form, parser }: GivenAddress): string | undefined {
  if (url !== undefined || file === undefined) return url;
  const problem = (reason: string, cause?: unknown): HeddleError =>
    new HeddleError('setting_invalid', `${fileSetting}: ${file} ${reason}.`, {
      cause,
      details: { settings: [fileSetting] },
    });
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw problem(`cannot be read: name a file with the address of ${server}`, cause);
  }
  try {
    return parser.parse(text);
  } catch {
    throw problem(`has no address of ${server}: write ${form} into it`);
  }
}
