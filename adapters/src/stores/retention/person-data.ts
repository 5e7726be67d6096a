import type { GuardedWrite, Tables } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { BlobStore } from '../../blobs/blob-store.js';
import { retryOnConflict } from '../../sql/retry-on-conflict.js';
import { ended } from './removable-run.js';
import { emptyingOfCaches, erasureOfRuns, erasureOfSubject } from './person-traces.js';

interface PersonRun {
  readonly runId: string;
  readonly isEnded: boolean;
}

/** Erases data derived from runs, in the commit that removes the runs. Contains the numbers of rows. */
interface ErasedTraces {
  readonly traces: number;
  readonly cachedResults: number;
  readonly writes: readonly GuardedWrite[];
}

/**
 * Finds and erases the data of a person, except conversations: the person's runs, and everything derived from them. heddle.db overwrites
 * erased rows, and `rewrite` writes a new file, so that copies of rows that were moved between pages disappear too. Errors: `storage_*`,
 * `database_*`.
 */
export interface PersonData {
  /**
   * The runs of a subject, the runs of batches that the subject began, and all runs that resume, repeat or replay one of them. Newest
   * first.
   */
  runsOf(subject: string): Promise<readonly PersonRun[]>;
  /** The files and stored values that these runs refer to. */
  filesOf(runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The stored files of a person that belong to no run. */
  filesOfSubject(subject: string): Promise<ReadonlySet<string>>;
  /**
   * Prepares the erasure of data derived from these runs, which must still exist. The commit fails with `conflict` if there are other rows
   * by then.
   */
  erasureOf(runIds: readonly string[]): Promise<ErasedTraces>;
  /** Erases rows that name the subject directly. Returns how many. */
  eraseNames(subject: string): Promise<number>;
  /** Removes those of the files to which nothing but a project's list of files refers. Returns how many. */
  removeFiles(ids: ReadonlySet<string>): Promise<number>;
  /** Writes a database file again without its free space, and empties its log. This blocks all other writes. */
  rewrite(): void;
  /** What the database may still contain of erased rows, as texts for people. */
  readonly remains: readonly string[];
}

interface PersonDataParts {
  readonly blobs: Pick<BlobStore, 'sweep'>;
  /** Finds all blobs that anything refers to, except for some tables. */
  readonly referred: (except: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly rewrite: () => void;
  readonly remains?: readonly string[];
}

const atOnce = 2_000;
const recordsAtOnce = 200;
const blobId = /sha256:[0-9a-f]{64}/g;

/** Creates the store. @example const people = createPersonData(tables, { blobs, referred, rewrite }); */
export function createPersonData(
  tables: Tables,
  { blobs, referred, rewrite, remains = [] }: PersonDataParts,
): PersonData {
  return {
    remains,
    rewrite,
    runsOf: (subject) => runsOf(tables, subject),
    async filesOf(runIds) {
      const found = new Set<string>();
      for await (const text of textsOf(tables, runIds)) for (const [id] of text.matchAll(blobId)) found.add(id);
      return found;
    },
    async filesOfSubject(subject) {
      const rows = await tables.all<{ readonly blob: string }>(sql.filesOfSubject, { subject });
      return new Set(rows.map(({ blob }) => blob));
    },
    async erasureOf(runIds) {
      const caches = await emptyingOfCaches(tables, runIds);
      const traces = await erasureOfRuns(tables, runIds);
      return {
        traces: traces.count,
        cachedResults: caches.count,
        writes: [...caches.writes, ...traces.writes],
      };
    },
    async eraseNames(subject) {
      let count = 0;
      await retryOnConflict(async () => {
        const erasure = await erasureOfSubject(tables, subject);
        await tables.commit(erasure.writes);
        count = erasure.count;
      });
      return count;
    },
    async removeFiles(ids) {
      if (ids.size === 0) return 0;
      // Files that are stored from now on stay, even if they have the same content.
      const before = Date.now();
      const named = await referred(['owned']);
      const loose = [...ids].filter((id) => !named.has(id));
      if (loose.length === 0) return 0;
      await tables.commit([{ sql: sql.disown, values: { ids: JSON.stringify(loose) }, overwrites: true }]);
      const gone = new Set(loose);
      return (await blobs.sweep({ isReferred: (id) => !gone.has(id), before })).files;
    },
  };
}

async function runsOf(tables: Tables, subject: string): Promise<readonly PersonRun[]> {
  const found = new Set<string>();
  const end = (await tables.get<{ readonly last: number | null }>(sql.last))?.last ?? 0;
  for (let after = 0; after < end; after += atOnce) {
    for (const { id } of await tables.all<RunRow>(sql.ofSubject, { after, until: after + atOnce, subject }))
      found.add(id);
    await yieldToEventLoop();
  }
  for (let fresh = [...found]; fresh.length > 0;) {
    const rows = await tables.all<RunRow>(sql.madeOf, { runs: JSON.stringify(fresh) });
    fresh = rows.map(({ id }) => id).filter((id) => !found.has(id));
    for (const id of fresh) found.add(id);
    await yieldToEventLoop();
  }
  const states = await tables.all<RunRow & { readonly isEnded: number }>(sql.states, {
    runs: JSON.stringify([...found]),
  });
  return states.map(({ id, isEnded }) => ({ runId: id, isEnded: isEnded === 1 }));
}

/** The stored texts of runs, which may contain blob ids. */
async function* textsOf(tables: Tables, runIds: readonly string[]): AsyncGenerator<string> {
  for (const runId of runIds) {
    const run = await tables.get<{ readonly number: number; readonly text: string }>(sql.acceptance, { runId });
    if (run === undefined) continue;
    yield run.text;
    for (let after = 0; ;) {
      const rows = await tables.all<{ readonly seq: number; readonly text: string }>(sql.records, {
        run: run.number,
        after,
        limit: recordsAtOnce,
      });
      for (const { text } of rows) yield text;
      const last = rows.at(-1);
      if (last === undefined || rows.length < recordsAtOnce) break;
      after = last.seq;
    }
  }
}

interface RunRow {
  readonly id: string;
}

const sql = {
  last: 'SELECT max(number) AS last FROM runs',
  // Older runs of share links have no subject; their end user counts as the subject. Runs of a batch also belong to the person who began
  // it.
  ofSubject: `SELECT id FROM runs WHERE number > @after AND number <= @until AND caller IS NOT NULL
    AND (@subject = coalesce(JSON_TEXT(caller, subject), CASE JSON_TEXT(caller, channel)
      WHEN 'share' THEN JSON_TEXT(caller, endUser) END, JSON_TEXT(caller, principal))
      OR (JSON_TEXT(caller, channel) = 'batch' AND JSON_TEXT(caller, principal) = @subject))`,
  madeOf: `SELECT id FROM runs WHERE origin IN (EACH @runs)
    UNION SELECT id FROM runs WHERE CASE WHEN run_trigger = 'replay' THEN JSON_TEXT(acceptance, replay.of) END IN (EACH @runs)`,
  states: `SELECT id, CASE WHEN ${ended} THEN 1 ELSE 0 END AS "isEnded" FROM runs WHERE id IN (EACH @runs) ORDER BY number DESC`,
  acceptance: "SELECT number, acceptance || ' ' || coalesce(blobs, '') AS text FROM runs WHERE id = @runId",
  records: `SELECT seq, body || ' ' || coalesce(blobs, '') AS text FROM records WHERE run = @run AND seq > @after
    AND (body LIKE '%sha256:%' OR blobs IS NOT NULL) ORDER BY seq LIMIT @limit`,
  disown: "DELETE FROM owned WHERE kind = 'file' AND id IN (EACH @ids)",
  filesOfSubject: 'SELECT blob FROM openai_files WHERE owner = @subject',
} as const;
