import type Database from 'better-sqlite3';
import { setImmediate } from 'node:timers';
import type { HeddleDatabase } from './open-database.js';

/** Of one question; with more than this, all are forgotten. */
const mostAnswers = 1_000;

/** By connection: a number that is another one as soon as anything was written. */
const counters = new WeakMap<Database.Database, () => number>();

/**
 * Keeps the answers to a question until anything is written to the database: by us, which SQLite counts without a look at the file, or by
 * another program, for which we check once a tick of the event loop. So a request that asks the same ten times opens the file once, and a
 * key that is revoked or a workflow that is saved counts with the next question. Inside a transaction nothing is kept: it may be taken back.
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
