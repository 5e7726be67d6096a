import { HeddleError, type CachedRows, type CachedTable, type TimeSource } from '@heddle/core';
import { cachedTableSql, keyText, keyValues } from '../sql/cached-table-sql.js';

/** Reads rows with SQL that works in all databases. */
export type ReadRows = <Row>(sql: string, values?: Readonly<Record<string, string>>) => Promise<readonly Row[]>;

/** Milliseconds after which cached rows may no longer be used unless the database confirms them. */
const longestUnconfirmedMs = 10_000;
/** If more keys than this have changed, all rows are read again. */
const mostKeys = 100;

/** Caches the rows of a table in memory. */
export class PostgresCachedRows<Row> implements CachedRows<Row> {
  readonly topic: CachedTable['topic'];
  revision = 0;
  /** When the database last confirmed the rows; undefined until they are read. */
  private confirmedAt: number | undefined;
  private byKey = new Map<string, readonly Row[]>();
  private every: readonly Row[] | undefined;
  private readonly table: CachedTable;
  private readonly sql: ReturnType<typeof cachedTableSql>;
  private readonly time: TimeSource;

  constructor(table: CachedTable, time: TimeSource) {
    this.table = table;
    this.topic = table.topic;
    this.sql = cachedTableSql(table);
    this.time = time;
  }

  get isRead(): boolean {
    return this.confirmedAt !== undefined;
  }

  of(...key: readonly string[]): readonly Row[] {
    this.check();
    return this.byKey.get(keyText(key)) ?? [];
  }

  all(): readonly Row[] {
    this.check();
    return (this.every ??= [...this.byKey.values()].flat().sort((left, right) => this.compare(left, right)));
  }

  /** Records that the rows were current at this time of the steady clock. */
  confirm(at: number): void {
    this.confirmedAt = at;
  }

  /** Reads the rows of these keys again, or all rows if `keys` is undefined. */
  async read(read: ReadRows, keys: readonly string[] | undefined): Promise<void> {
    if (keys === undefined || keys.length > mostKeys) await this.readAll(read);
    else
      for (const key of keys) {
        const rows = await read<Row>(this.sql.ofKey, keyValues(keyOf(key)));
        if (rows.length === 0) this.byKey.delete(key);
        else this.byKey.set(key, rows);
      }
    this.every = undefined;
    this.revision += 1;
  }

  private async readAll(read: ReadRows): Promise<void> {
    const byKey = new Map<string, Row[]>();
    for (const row of await read<Row>(this.sql.all)) {
      const key = keyText(this.table.key.map((column) => String(columnOf(row, column))));
      const rows = byKey.get(key);
      if (rows === undefined) byKey.set(key, [row]);
      else rows.push(row);
    }
    this.byKey = byKey;
  }

  private compare(left: Row, right: Row): number {
    for (const column of this.table.order) {
      const one = columnOf(left, column);
      const other = columnOf(right, column);
      if (one < other) return -1;
      if (one > other) return 1;
    }
    return 0;
  }

  /**
   * Refuses rows that were not confirmed recently. Otherwise rights that were revoked elsewhere would stay valid here while the database is
   * unreachable. Errors: `database_unreachable`.
   */
  private check(): void {
    if (this.confirmedAt !== undefined && this.time.now() - this.confirmedAt <= longestUnconfirmedMs) return;
    throw new HeddleError(
      'database_unreachable',
      `The database has not confirmed the ${this.table.topic} for ${longestUnconfirmedMs / 1_000} s: try again when it answers.`,
      { details: { table: this.table.table } },
    );
  }
}

function keyOf(text: string): readonly string[] {
  const key: unknown = JSON.parse(text);
  return Array.isArray(key) ? key.map(String) : [];
}

/** A column by which rows are found or sorted. It has a text or a number. */
const columnOf = (row: unknown, column: string): string | number =>
  (row as Readonly<Record<string, string | number>>)[column] ?? '';
