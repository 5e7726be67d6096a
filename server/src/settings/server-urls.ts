import { HeddleError } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { bucketAddress, postgresAddress, redisAddress, type SettingParser } from './setting-parsers.js';
import type { Settings } from './settings-table.js';

/** An address with a password: its setting, or the file that another setting names. */
interface GivenAddress {
  readonly url: string | undefined;
  readonly file: string | undefined;
  readonly fileSetting: string;
  /** Such as `Postgres`. */
  readonly server: string;
  readonly form: string;
  readonly parser: SettingParser<string>;
}

/**
 * The address of Postgres, from its setting or its file; undefined where Heddle keeps its database in the data folder. Errors: `setting_invalid`,
 * which never repeats the address.
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

/** The address of Redis, from its setting or its file; undefined without one. Errors: `setting_invalid`, which never repeats the address. */
export const redisUrlOf = ({ redisUrl, redisUrlFile }: Pick<Settings, 'redisUrl' | 'redisUrlFile'>) =>
  addressOf({
    url: redisUrl,
    file: redisUrlFile,
    fileSetting: 'HEDDLE_REDIS_URL_FILE',
    server: 'Redis',
    form: 'redis://user:password@host:6379',
    parser: redisAddress,
  });

/** The address of the bucket, from its setting or its file; undefined without one. Errors: `setting_invalid`, which never repeats the address. */
export const blobsUrlOf = ({ blobsUrl, blobsUrlFile }: Pick<Settings, 'blobsUrl' | 'blobsUrlFile'>) =>
  addressOf({
    url: blobsUrl,
    file: blobsUrlFile,
    fileSetting: 'HEDDLE_BLOBS_URL_FILE',
    server: 'a bucket',
    form: 's3://key:secret@bucket/prefix?endpoint=https://host:port&region=name',
    parser: bucketAddress,
  });

/** The address of pgvector, from its setting or its file; undefined without one. Errors: `setting_invalid`, which never repeats the address. */
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
