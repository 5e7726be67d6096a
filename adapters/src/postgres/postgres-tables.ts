import { hash, randomUUID } from 'node:crypto';
import type { GuardedWrite, StatementValues, Tables } from '@heddle/core';
import { JoinedReads } from '../event-loop/joined-reads.js';
import { changedMeanwhile, guardError } from '../sql/guard-error.js';
import { toPostgres, valuesFor, type PostgresStatement } from '../sql/shared-sql.js';
import { Topics } from '../sql/topics.js';
import { ChangeFollower } from './follow-changes.js';
import { guarded, unexpectedRows } from './guarded.js';
import { commitWithPending } from './pending-writes.js';
import { PipelineError } from './pipeline-error.js';
import type { PostgresDatabase } from './open-postgres.js';
import type { Statement } from './query.js';

/** A statement translated for Postgres, with a name under which connections keep its plan. */
interface Prepared extends PostgresStatement {
  readonly name: string;
}

/** After this many commits, the ids of commits that are older than an hour are deleted. */
const forgetEvery = 1_000;

/**
 * Opens Heddle's tables in Postgres. A commit takes one round trip: all its statements are sent at once, and the server checks how many
 * rows each touches. It is retried while the server does not answer. Its id is stored with it, so that it is never applied twice.
 *
 * @example const tables = postgresTables(database);
 */
export function postgresTables(database: PostgresDatabase): Tables {
  const { schema } = database;
  const reads = new Map<string, Prepared>();
  const topics = new Topics();
  let commits = 0;
  const prepare = (sql: string): Prepared => {
    const known = reads.get(sql);
    if (known !== undefined) return known;
    const translated = toPostgres(sql);
    const made = { ...translated, name: `heddle-${hash('sha256', sql, 'hex').slice(0, 20)}` };
    reads.set(sql, made);
    return made;
  };
  const all = <Row>(sql: string, values: StatementValues = {}): Promise<readonly Row[]> => {
    const statement = prepare(sql);
    return database.run<Row>({ name: statement.name, sql: statement.sql, values: valuesFor(statement, values) });
  };
  const get = async <Row>(sql: string, values?: StatementValues): Promise<Row | undefined> =>
    (await all<Row>(sql, values))[0];
  const follower = new ChangeFollower(all, topics, database.time);
  const commit = async (writes: readonly GuardedWrite[]): Promise<void> => {
    if (writes.length === 0) return;
    const first: Statement = { sql: `INSERT INTO ${schema}.commits (id) VALUES ($1)`, values: [randomUUID()] };
    const statements = [
      first,
      ...writes.map((write) => guarded(write, schema)),
      ...follower.statementsFor(writes, schema),
    ];
    commits += 1;
    if (commits % forgetEvery === 1)
      for (const table of ['commits', 'changes'])
        statements.push({
          sql: `DELETE FROM ${schema}.${table} WHERE at < clock_timestamp() - interval '1 hour'`,
          values: [],
        });
    try {
      await database.pipeline(statements);
    } catch (error) {
      const meaning = meaningOf(error, writes);
      if (meaning !== 'done') throw meaning;
    }
    await follower.noteCommit(writes);
  };
  return {
    all,
    get,
    commit: (writes) => (writes.length === 0 ? commit(writes) : commitWithPending(database, writes, commit)),
    note: commit,
    // The server confirms a commit only after its log is on disk.
    flushed: () => Promise.resolve(),
    emptyLog: () => Promise.resolve(),
    lookup: joinedLookup(get),
    watch(topic, listener) {
      follower.follow();
      return topics.watch(topic, listener);
    },
    keep: (table) => follower.keep(table),
    refresh: () => follower.refresh(),
  };
}

/** Joins lookups of the same row that are requested at the same time. */
const joinedLookup =
  (get: Tables['get']): Tables['lookup'] =>
  <Row>(sql: string) => {
    const reads = new JoinedReads<Row | undefined>();
    return (values) => reads.read(JSON.stringify(values), () => get<Row>(sql, values));
  };

/** The error to throw for a refused pipeline, or `done` if an earlier attempt has stored the commit. */
function meaningOf(error: unknown, writes: readonly GuardedWrite[]): unknown {
  if (!(error instanceof PipelineError)) return error;
  const { position, code } = error;
  const write = writes[position - 1];
  if (position === 0 && code === '23505') return 'done';
  if (write === undefined) return error.failure;
  if (code === unexpectedRows) return guardError(write);
  // A row that it refers to was removed, or another row has its key.
  return code === '23503' || code === '23505'
    ? changedMeanwhile({ statement: write.sql.slice(0, 100) })
    : error.failure;
}
