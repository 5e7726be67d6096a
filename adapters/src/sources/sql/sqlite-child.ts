import Database from 'better-sqlite3';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { serveCalls } from '../../child/serve-calls.js';
import { asTable, notSelect, SpoolWriter, SqlReading, statementOf, type Dialect } from './sql-rows.js';

/** This child process reads a SQLite file. An endless query can be stopped only by ending its process. */
const Read = z.object({ file: z.string(), reading: SqlReading });

const dialect: Dialect = {
  quote: '"',
  asText: (column) => `CAST(${column} AS TEXT)`,
  byteLength: (text) => `length(CAST(${text} AS BLOB))`,
  start: (text, length) => `substr(${text}, 1, ${length})`,
  truthOf: (column) =>
    `(CASE typeof(${column}) WHEN 'text' THEN lower(${column}) IN ('t', 'true', 'yes', 'y', 'on', '1') ELSE coalesce(${column} <> 0, 0) END)`,
  metadata: (column) =>
    `CASE typeof(${column}) WHEN 'integer' THEN ${column} WHEN 'real' THEN ${column} WHEN 'text' THEN substr(${column}, 1, 1000) END`,
  list: (column) => `CAST(${column} AS TEXT)`,
  parameter: '?',
};

serveCalls({
  read: (payload) => {
    const { file, reading } = Read.parse(payload);
    try {
      return Promise.resolve(read(file, reading));
    } catch (error) {
      return Promise.reject(error instanceof HeddleError ? error : unreadable(error));
    }
  },
});

function read(file: string, reading: SqlReading): number {
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    for (const pragma of ['trusted_schema = OFF', 'query_only = ON', 'cell_size_check = ON', 'mmap_size = 0'])
      database.pragma(pragma);
    const columns = database.prepare(`SELECT * FROM ${asTable(reading.query)} LIMIT 0`).columns();
    const { sql, metadata } = statementOf(
      reading,
      columns.map(({ name }) => name),
      dialect,
    );
    const rows = new SpoolWriter(reading);
    try {
      const { since } = reading;
      // A number must be compared as a number.
      const lowest = since !== null && /^-?\d+(?:\.\d+)?$/.test(since) ? Number(since) : since;
      const statement = database.prepare(sql);
      for (const row of lowest === null ? statement.iterate() : statement.iterate(lowest)) rows.add(row, metadata);
      rows.checkAll();
    } finally {
      rows.close();
    }
    return 0;
  } finally {
    database.close();
  }
}

function unreadable(error: unknown): HeddleError {
  const { code, message } = error as { readonly code?: string; readonly message?: string }; // A thrown value has these fields, or none.
  const said = String(message ?? error).slice(0, 300);
  if (code === 'SQLITE_BUSY')
    return new HeddleError('source_unreachable', 'The SQLite file is locked by another program: try again.');
  if (code?.startsWith('SQLITE_READONLY') === true || code?.startsWith('SQLITE_CANTOPEN') === true)
    return new HeddleError(
      'source_failed',
      `The SQLite file cannot be opened for reading (${said}): a file with a write-ahead log needs a folder that can be written to.`,
    );
  if (/: syntax error$/.test(said)) return notSelect('SQLite', said);
  return new HeddleError('source_failed', `SQLite refuses the query: ${said}`);
}
