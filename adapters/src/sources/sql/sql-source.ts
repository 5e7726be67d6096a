import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HeddleError,
  toErrorValue,
  type SourceChange,
  type SourceConnector,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { readMysql } from './mysql-rows.js';
import { readPostgres } from './postgres-rows.js';
import { serverOf, SqlConfig } from './sql-config.js';
import { readSpool, type SqlReading, type SqlRow } from './sql-rows.js';
import { readSqlite } from './sqlite-rows.js';
import { isAfter, lowestOf } from './modified.js';
import { readersIn } from './readers-in.js';

/** The connector for the rows of an SQL query. */
export const sqlSource: SourceConnector<SqlConfig> = {
  kind: 'sql',
  title: 'SQL',
  description: 'Rows of a query of a Postgres, MySQL or MariaDB server, or of a SQLite file.',
  config: SqlConfig,
  capabilities: { isIncremental: true, hasReaders: true, secret: 'optional' },
  changes,
};

/** In bytes, for the text of one row: several rows are fetched at once. */
const mostText = 10_000_000;
const mediaTypes = { plain: 'text/plain', markdown: 'text/markdown', html: 'text/html' } as const;

async function* changes(request: SourceRequest<SqlConfig>): AsyncGenerator<SourceChange> {
  const { config, cursor, files, signal, maxBytes, now } = request;
  const isOrdered = config.rows === 'modified';
  const isListing = !isOrdered || cursor === undefined;
  const spool = join(await request.workFolder(), 'rows.jsonl');
  const reading: SqlReading = {
    query: config.query,
    since: isListing ? null : lowestOf(cursor, config.overlap),
    isOrdered,
    readersColumn: config.readersColumn === '' ? undefined : config.readersColumn,
    mostText: Math.min(maxBytes, mostText),
    maxRows: config.maxRows,
    timeoutMs: config.timeoutSeconds * 1_000,
    spool,
  };
  const server = serverOf(config);
  try {
    if (server === undefined) await readSqlite({ files, path: config.database, signal }, reading);
    else if (server.kind === 'mysql') await readMysql(request, server, reading);
    else await readPostgres(request, server, reading);
    if (isListing) yield { type: 'listing' };
    let newest = isListing ? undefined : cursor;
    for await (const row of readSpool(spool)) {
      const change = changeOf(row, config, reading.mostText, isListing);
      if (change !== undefined) yield change;
      // A time in the future would hide all changes until then, so it is not used as the cursor.
      if (row.modified !== null && !isAfter(row.modified, now())) newest = row.modified;
    }
    yield { type: 'checkpoint', cursor: isOrdered ? newest : undefined, isComplete: isListing };
  } finally {
    await rm(spool, { force: true });
  }
}

function changeOf(row: SqlRow, config: SqlConfig, limit: number, isListing: boolean): SourceChange | undefined {
  const { id, text, bytes, isDeleted } = row;
  if (id === null || id === '') return undefined; // `SpoolWriter` refuses such rows.
  if (isDeleted) return isListing ? undefined : { type: 'delete', id };
  if (text === null) return { type: 'failed', id, error: toErrorValue(withoutText(id, bytes, limit)) };
  return {
    type: 'upsert',
    document: {
      id,
      title: row.title ?? undefined,
      url: row.url !== null && /^https?:\/\//i.test(row.url) ? row.url : undefined,
      metadata: row.metadata,
      ...accessOf(row, id, config),
      etag: createHash('sha256').update(JSON.stringify(row)).digest('base64url'),
      content: () => Promise.resolve({ content: text, mediaType: mediaTypes[config.format] }),
    },
  };
}

/** Returns who may read a row: nobody, if the value of its readers column is malformed, until that is corrected. */
function accessOf(
  { readers }: SqlRow,
  id: string,
  { readersColumn }: SqlConfig,
): Pick<SourceDocument, 'readers' | 'usesDefaultReaders' | 'failure'> {
  if (readersColumn === '') return {};
  if (readers === null) return { usesDefaultReaders: true };
  const list = readersIn(readers);
  if (list.readers !== undefined) return { readers: list.readers };
  const error = new HeddleError(
    'source_failed',
    `The column '${readersColumn}' of the row '${id.slice(0, 300)}' names no readers: ${list.problem} Nobody may read the row until this is corrected.`,
    { details: { row: id.slice(0, 300), column: readersColumn } },
  );
  return { readers: [], failure: toErrorValue(error) };
}

function withoutText(id: string, bytes: number, limit: number): HeddleError {
  const shown = id.slice(0, 300);
  return bytes > limit
    ? new HeddleError(
        'document_too_large',
        `The text of '${shown}' has ${bytes} bytes, more than the ${limit} that are read: split it in the query.`,
      )
    : new HeddleError('source_failed', `The row '${shown}' has no text: leave it out in the query.`);
}
