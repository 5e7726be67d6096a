import type Database from 'better-sqlite3';
import { setImmediate } from 'node:timers';
import type { HeddleDatabase } from './open-database.js';

/** The most answers of one function; above it, all are forgotten. */
const mostAnswers = 1_000;

/** For each connection, a function whose number changes after every write. */
const counters = new WeakMap<Database.Database, () => number>();

/**
 * Remembers the results of a lookup until anything is written to the database: by this process, which SQLite counts without reading the
 * file, or by another program, which is checked once a tick of the event loop. A request that asks ten times for the same therefore reads
 * the file once, and a revoked key or a saved workflow counts at the next lookup. Inside a transaction nothing is remembered, because it
 * may be rolled back.
 *
 * @example const find = rememberReads(database, (id: string) => byId.get(id));
 */
export function rememberReads<Answer>(
  { connection }: HeddleDatabase,
  ask: (key: string) => Answer,
): (key: string) => Answer {
  const answers = new Map<string, Answer>();
  let seen: number | undefined;
  return (key) => {
    if (connection.inTransaction) return ask(key);
    const now = writesOf(connection)();
    if (now !== seen || answers.size >= mostAnswers) answers.clear();
    seen = now;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    answers.set(key, answer);
    return answer;
  };
}

function writesOf(connection: Database.Database): () => number {
  const known = counters.get(connection);
  if (known !== undefined) return known;
  const counter = createCounter(connection);
  counters.set(connection, counter);
  return counter;
}

function createCounter(connection: Database.Database): () => number {
  const changes = connection.prepare<[], number>('SELECT total_changes()').pluck();
  const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
  let own = -1;
  let other = -1;
  let writes = 0;
  let hasChecked = false;
  const checkAgain = (): void => {
    hasChecked = false;
  };
  return () => {
    const before = [own, other];
    own = changes.get() ?? 0;
    if (!hasChecked) {
      other = version.get() ?? 0;
      hasChecked = true;
      setImmediate(checkAgain);
    }
    if (own !== before[0] || other !== before[1]) writes += 1;
    return writes;
  };
}
