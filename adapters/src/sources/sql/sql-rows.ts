import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { HeddleError, type JsonObject } from '@heddle/core';
import { z } from 'zod';
import { meanings } from './sql-config.js';

/** A row in the common form of all databases. */
export interface SqlRow {
  readonly id: string | null;
  /** Null also if the text is too long. */
  readonly text: string | null;
  readonly bytes: number;
  readonly title: string | null;
  readonly url: string | null;
  readonly modified: string | null;
  /** The text of the readers column: a JSON array, or names with commas between. Null also without such a column. */
  readonly readers: string | null;
  readonly isDeleted: boolean;
  readonly metadata: JsonObject;
}

/** The parameters of a reading. They are also passed to a child process. */
export const SqlReading = z.object({
  query: z.string(),
  /** The lowest `modified` to read; null reads all rows. */
  since: z.string().nullable(),
  isOrdered: z.boolean(),
  /** The column that names the readers of a row. */
  readersColumn: z.string().optional(),
  mostText: z.number(),
  maxRows: z.number(),
  timeoutMs: z.number(),
  /** The file to which rows are written first, so that the database is not kept busy while documents are imported. */
  spool: z.string(),
});
export type SqlReading = z.infer<typeof SqlReading>;

/** In characters, for the readers of one row. A longer text is cut, and refused for its length. */
export const mostReadersText = 4_000_000;
const mostColumns = 50;
const mostBytes = 4 * 1024 ** 3;
const writtenTogether = 1_000_000;

/** How a kind of database writes the SQL of a reading. */
export interface Dialect {
  /** The quotation mark for names, doubled inside them. */
  readonly quote: '"' | '`';
  readonly asText: (column: string) => string;
  readonly byteLength: (text: string) => string;
  readonly start: (text: string, length: number) => string;
  readonly truthOf: (column: string) => string;
  readonly metadata: (column: string) => string;
  /** An array as the text of a JSON array, anything else as text. */
  readonly list: (column: string) => string;
  readonly parameter: string;
}

/** The query as a subquery. The line break ends a comment at its end. */
export const asTable = (query: string): string => `(${query.replace(/[;\s]+$/, '')}\n) AS q`;

/** Names a column of the subquery. */
export const columnOf = (name: string, quote: Dialect['quote']): string =>
  `q.${quote}${name.replaceAll(quote, quote + quote)}${quote}`;

/** Builds one statement with the columns of `SqlRow`, and `m0`, `m1`, … for metadata. Errors: `source_failed`. */
export function statementOf(
  { query, since, isOrdered, mostText, readersColumn }: SqlReading,
  columns: readonly string[],
  dialect: Dialect,
): { readonly sql: string; readonly metadata: readonly string[] } {
  const needed = [
    'id',
    'text',
    ...(isOrdered ? ['modified'] : []),
    ...(readersColumn === undefined ? [] : [readersColumn]),
  ];
  for (const column of needed)
    if (columns.filter((name) => name === column).length !== 1)
      throw new HeddleError(
        'source_failed',
        `The query must have one column '${column}'; it has ${columns.slice(0, mostColumns).join(', ').slice(0, 500)}.`,
      );
  if (columns.length > mostColumns || new Set(columns).size < columns.length)
    throw new HeddleError('source_failed', `The query must have at most ${mostColumns} columns with different names.`);
  const { asText, byteLength, start } = dialect;
  const named = (name: string): string => columnOf(name, dialect.quote);
  const short = (name: string, length: number): string =>
    columns.includes(name) ? start(asText(named(name)), length) : 'NULL';
  // All columns without a meaning.
  const metadata = columns.filter((name) => !meanings.has(name) && name !== readersColumn);
  const text = asText(named('text'));
  const selected = [
    `${start(asText(named('id')), 1_001)} AS id`,
    `CASE WHEN ${byteLength(text)} <= ${mostText} THEN ${text} END AS text`,
    `${byteLength(text)} AS bytes`,
    `${short('title', 1_000)} AS title`,
    `${short('url', 8_000)} AS url`,
    `${short('modified', 100)} AS modified`,
    `${readersColumn === undefined ? 'NULL' : start(dialect.list(named(readersColumn)), mostReadersText + 1)} AS readers`,
    `${columns.includes('deleted') ? dialect.truthOf(named('deleted')) : 'NULL'} AS deleted`,
    ...metadata.map((name, index) => `${dialect.metadata(named(name))} AS m${index}`),
  ];
  const where = since === null ? '' : ` WHERE q.modified >= ${dialect.parameter}`;
  const order = isOrdered ? ' ORDER BY q.modified' : '';
  return { sql: `SELECT ${selected.join(', ')} FROM ${asTable(query)}${where}${order}`, metadata };
}

const shortText = z.string().nullable();
const Value = z.union([z.string(), z.number(), z.boolean()]).nullable();
const Raw = z
  .object({
    id: shortText,
    text: shortText,
    bytes: z.coerce.number(),
    title: shortText,
    url: shortText,
    modified: shortText,
    readers: shortText,
    deleted: z.union([z.boolean(), z.number()]).nullable(),
  })
  .catchall(Value);

/** Writes rows to a file, and fails if there are too many. */
export class SpoolWriter {
  private readonly file: number;
  private readonly reading: SqlReading;
  private waiting: string[] = [];
  private length = 0;
  private rows = 0;
  private bytes = 0;
  private unnamed = 0;
  /** Digests of the ids, if each may come once. */
  private readonly ids = new Set<string>();

  constructor(reading: SqlReading) {
    this.reading = reading;
    this.file = openSync(reading.spool, 'w', 0o600);
  }

  /** Errors: `source_failed`. */
  add(raw: unknown, metadata: readonly string[]): void {
    const { deleted, ...row } = Raw.parse(raw);
    const { id, text, bytes, title, url, modified, readers } = row;
    const fields = metadata.flatMap((name, index) => {
      const value = row[`m${index}`];
      return value === undefined || value === null ? [] : [[name, value] as const];
    });
    const line = `${JSON.stringify({
      id,
      text,
      bytes,
      title,
      url,
      modified,
      readers,
      isDeleted: deleted === true || deleted === 1,
      metadata: Object.fromEntries(fields),
    } satisfies SqlRow)}\n`;
    if (id === null || id === '') this.unnamed += 1;
    if (!this.reading.isOrdered && deleted !== true && deleted !== 1) this.checkId(id);
    this.rows += 1;
    this.bytes += line.length;
    const { maxRows } = this.reading;
    if (this.rows > maxRows)
      throw new HeddleError(
        'source_failed',
        `The query has more than ${maxRows} rows: nothing was removed. Let it select less, or allow more rows.`,
      );
    if (this.bytes > mostBytes)
      throw new HeddleError('source_failed', `The query has more than ${mostBytes} bytes: let it select less.`);
    this.waiting.push(line);
    this.length += line.length;
    if (this.length > writtenTogether) this.write();
  }

  /** Checks what only all rows together show. Errors: `source_failed` if rows have no id. */
  checkAll(): void {
    const { unnamed, rows } = this;
    if (unnamed === 0) return;
    throw new HeddleError(
      'source_failed',
      `${unnamed} of the ${rows} rows of the query ${unnamed === 1 ? 'has' : 'have'} no id: nothing was stored or removed. Select a column as id that is never NULL or empty, or leave these rows out (WHERE id IS NOT NULL).`,
      { details: { rows, withoutId: unnamed } },
    );
  }

  close(): void {
    this.write();
    closeSync(this.file);
  }

  /** Two rows with one id would be one document, and the other texts would be lost. Rows in the order of `modified` may be versions. */
  private checkId(id: string | null): void {
    if (id === null || id === '') return;
    const { size } = this.ids;
    this.ids.add(createHash('sha1').update(id).digest('base64url').slice(0, 12));
    if (this.ids.size > size) return;
    throw new HeddleError(
      'source_failed',
      `The query has several rows with the id '${id.slice(0, 300)}': nothing was removed. Select a column as id whose values differ.`,
    );
  }

  private write(): void {
    const whole = Buffer.from(this.waiting.join(''));
    for (let at = 0; at < whole.length;) at += writeSync(this.file, whole, at);
    [this.waiting, this.length] = [[], 0];
  }
}

/** The error for a query that takes too long. */
export const tooLate = ({ timeoutMs }: Pick<SqlReading, 'timeoutMs'>): HeddleError =>
  new HeddleError(
    'source_failed',
    `The query took longer than ${timeoutMs / 1_000} seconds and was stopped: make it simpler, or allow more seconds.`,
  );

/** The error for a query with wrong syntax, which may also be reported for the statement around it. */
export const notSelect = (server: string, said: string): HeddleError =>
  new HeddleError('source_failed', `${server} refuses the query, which must be one SELECT: ${said}`);

/** Reads the rows in a file of `SpoolWriter`. */
export async function* readSpool(file: string): AsyncGenerator<SqlRow> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) yield JSON.parse(line) as SqlRow; // written by `SpoolWriter`
}
