import { hash, randomUUID } from 'node:crypto';
import { boundsOf, type GuardedWrite, type StatementValues, type Tables } from '@heddle/core';
import { changedMeanwhile, guardError } from '../sql/guard-error.js';
import { toPostgres, valuesFor, type PostgresStatement } from '../sql/shared-sql.js';
import { Topics } from '../sql/topics.js';
import { commitWithPending } from './pending-writes.js';
import { PipelineError } from './pipeline-error.js';
import type { PostgresDatabase } from './open-postgres.js';
import type { Statement } from './query.js';

/** A statement in the words of Postgres, and the name under which connections keep its plan. */
interface Prepared extends PostgresStatement {
  readonly name: string;
}

/** Commits after which those of the last hour and before are forgotten. */
const forgetEvery = 1_000;

/**
 * The tables of Heddle in Postgres. A commit is one round trip: its statements are sent without a pause, and the server itself checks how many
 * rows each touches. It is tried again while the server does not answer; its id, which is stored with it, keeps it from being done twice.
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
    return database.run<Row>({ ...{ name: statement.name, sql: statement.sql }, values: valuesFor(statement, values) });
  };
  const get = async <Row>(sql: string, values?: StatementValues): Promise<Row | undefined> =>
    (await all<Row>(sql, values))[0];
  const commit = async (writes: readonly GuardedWrite[]): Promise<void> => {
    if (writes.length === 0) return;
    const first: Statement = { sql: `INSERT INTO ${schema}.commits (id) VALUES ($1)`, values: [randomUUID()] };
    const statements = [first, ...writes.map((write) => guarded(write, schema))];
    commits += 1;
    if (commits % forgetEvery === 1)
      statements.push({
        sql: `DELETE FROM ${schema}.commits WHERE at < clock_timestamp() - interval '1 hour'`,
        values: [],
      });
    try {
      await database.pipeline(statements);
    } catch (error) {
      const meaning = meaningOf(error, writes);
      if (meaning !== 'done') throw meaning;
    }
    topics.tell(writes);
  };
  return {
    all,
    get,
    commit: (writes) => (writes.length === 0 ? commit(writes) : commitWithPending(database, writes, commit)),
    note: commit,
    lookup: (sql) => (values) => get(sql, values),
    watch: (topic, listener) => topics.watch(topic, listener),
  };
}

/** The statement with a check of its rows by the server. */
function guarded({ sql, values, rows }: GuardedWrite, schema: string): Statement {
  const statement = toPostgres(sql);
  const given = valuesFor(statement, values);
  if (rows === undefined) return { sql: statement.sql, values: given };
  const { least, most } = boundsOf(rows);
  const touched = /^\s*SELECT\b/i.test(sql) ? statement.sql : `${statement.sql} RETURNING 1`;
  return {
    sql: `WITH touched AS (${touched}) SELECT ${schema}.expect_rows(count(*), ${least}, ${most}) FROM touched`,
    values: given,
  };
}

/** What a refused pipeline means for its writes: `done` if the commit was stored by an earlier try. */
function meaningOf(error: unknown, writes: readonly GuardedWrite[]): unknown {
  if (!(error instanceof PipelineError)) return error;
  const { position, code } = error;
  const write = writes[position - 1];
  if (position === 0 && code === '23505') return 'done';
  if (write === undefined) return error.failure;
  if (code === 'P0H01') return guardError(write);
  return code === '23503' ? changedMeanwhile({ statement: write.sql.slice(0, 100) }) : error.failure;
}
