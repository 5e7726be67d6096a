import type { GuardedWrite, Tables } from '@heddle/core';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { BlobStore } from '../../blobs/blob-store.js';
import { untilUndisturbed } from '../../sql/until-undisturbed.js';
import { ended } from './removable-run.js';
import { emptyingOfCaches, erasureOfRuns, erasureOfSubject } from './person-traces.js';

/** A run of a person. */
interface PersonRun {
  readonly runId: string;
  readonly isEnded: boolean;
}

/** The erasure of what was made of runs, for the commit that removes them, and how many rows it takes. */
interface ErasedTraces {
  readonly traces: number;
  readonly cachedResults: number;
  readonly writes: readonly GuardedWrite[];
}

/**
 * What is stored of a person besides their conversations: their runs, and everything that was made of them. heddle.db overwrites rows that are
 * erased, and `rewrite` makes the file anew, so that copies of rows that moved between pages are gone too. Errors: `storage_*`, `database_*`.
 */
export interface PersonData {
  /** The runs of a subject, those of the batches that it began, and those that resume, repeat or replay one of them, newest first. */
  runsOf(subject: string): Promise<readonly PersonRun[]>;
  /** Files and stored values that these runs name. */
  filesOf(runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Stored files that belong to a person without a run. */
  filesOfSubject(subject: string): Promise<ReadonlySet<string>>;
  /** The erasure of what was made of these runs, which still exist. A commit with it is refused with `conflict` where there is more by then. */
  erasureOf(runIds: readonly string[]): Promise<ErasedTraces>;
  /** Erases rows that name the subject itself. Returns their number. */
  eraseNames(subject: string): Promise<number>;
  /** Removes those files that nothing names but the list of a project. Returns their number. */
  removeFiles(ids: ReadonlySet<string>): Promise<number>;
  /** Writes the database anew without its free space, where it is a file, and empties its log. It holds up every other write. */
  rewrite(): void;
  /** What of erased rows the database still holds, for people. */
  readonly remains: readonly string[];
}

/** What the data of people stand on. */
interface PersonDataParts {
  readonly blobs: Pick<BlobStore, 'sweep'>;
  /** Every blob that anything names, without what stands in some tables. */
  readonly referred: (except: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly rewrite: () => void;
  readonly remains?: readonly string[];
}

/** Runs that are looked at in one step. */
const atOnce = 2_000;
/** Records whose texts are read in one step. */
const recordsAtOnce = 200;
const blobId = /sha256:[0-9a-f]{64}/g;

/** @example const people = createPersonData(tables, { blobs, referred, rewrite }); */
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
      await untilUndisturbed(async () => {
        const erasure = await erasureOfSubject(tables, subject);
        await tables.commit(erasure.writes);
        count = erasure.count;
      });
      return count;
    },
    async removeFiles(ids) {
      if (ids.size === 0) return 0;
      // What others store from now on stays, though it may be the same content.
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

/** The texts of runs that may name blobs. */
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
  // Older runs of share links have no subject, and their end user is it. The runs of a batch belong to who began it, too.
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
