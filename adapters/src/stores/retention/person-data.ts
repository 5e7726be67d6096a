import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { BlobStore } from '../../blobs/blob-store.js';
import type { HeddleDatabase } from '../../database/open-database.js';
import { overwriting } from '../../database/overwriting.js';
import { referredBlobs } from '../../database/referred-blobs.js';
import { withStorageErrors } from '../../database/storage-error.js';

/** A run of a person. */
export interface PersonRun {
  readonly runId: string;
  readonly isEnded: boolean;
}

/** Rows that were erased besides the runs themselves. */
export interface ErasedTraces {
  readonly traces: number;
  readonly cachedResults: number;
}

/**
 * What is stored in heddle.db of a person besides their conversations (see decision 0142): their runs, and everything that was made of them. Rows are overwritten, and
 * `rewrite` makes the file anew, so that copies of rows that moved between pages are gone too. Errors: `storage_*`.
 */
export interface PersonData {
  /** The runs of a subject, those of the batches that it began, and those that resume, repeat or replay one of them, newest first. */
  runsOf(subject: string): Promise<readonly PersonRun[]>;
  /** Files and stored values that these runs name. */
  filesOf(runIds: readonly string[]): ReadonlySet<string>;
  /** Stored files that belong to a person without a run. */
  filesOfSubject(subject: string): ReadonlySet<string>;
  /** Does work whose deletions overwrite, and erases what was made of these runs, which still exist. */
  erase(runIds: readonly string[], removeRun: (runId: string) => void): ErasedTraces;
  /** Erases rows that name the subject itself. Returns their number. */
  eraseNames(subject: string): number;
  /** Removes those files that nothing names but the list of a project. Returns their number. */
  removeFiles(ids: ReadonlySet<string>): Promise<number>;
  /** Writes the database anew without its free pages, and empties its log. It holds up every other write. */
  rewrite(): void;
}

/** Runs that are looked at in one step. */
const atOnce = 2_000;
const blobId = /sha256:[0-9a-f]{64}/g;
const ended = "status IN ('done', 'failed', 'cancelled')";

/** Statements for what was made of runs. `?` is a list of their ids. */
const tracesOfRuns = [
  'DELETE FROM run_scores WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM monitor_samples WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM experiment_results WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM annotation_items WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM annotation_items WHERE other IN (SELECT value FROM json_each(?))',
  'DELETE FROM run_feedback WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM delivery_tries WHERE delivery IN (SELECT id FROM deliveries WHERE run IN (SELECT value FROM json_each(?)))',
  'DELETE FROM deliveries WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM provider_batch_calls WHERE run IN (SELECT value FROM json_each(?))',
  'DELETE FROM idempotency_keys WHERE run_id IN (SELECT value FROM json_each(?))',
  'DELETE FROM route_decisions WHERE run IN (SELECT value FROM json_each(?))',
  'UPDATE arrivals SET message = NULL WHERE run IN (SELECT value FROM json_each(?)) AND message IS NOT NULL',
  "UPDATE batch_rows SET inputs = '{}', error = NULL WHERE run IN (SELECT value FROM json_each(?)) AND (inputs <> '{}' OR error IS NOT NULL)",
  // A cell that failed has an error, which can quote values, and no evaluations.
  'UPDATE experiment_cells SET error = NULL, evaluations = NULL WHERE run IN (SELECT value FROM json_each(?)) AND (error IS NOT NULL OR evaluations IS NOT NULL)',
  'UPDATE replay_rows SET body = NULL WHERE recorded IN (SELECT value FROM json_each(?)) AND body IS NOT NULL',
  'UPDATE replay_rows SET body = NULL WHERE run IN (SELECT value FROM json_each(?)) AND body IS NOT NULL',
];

/** Statements that find the subject by its name. */
const tracesOfSubject = [
  'DELETE FROM openai_files WHERE owner = ?',
  'DELETE FROM openai_batches WHERE owner = ?',
  'DELETE FROM training_consents WHERE subject = ?',
  'DELETE FROM share_uploads WHERE anonymous_user = ?',
  'DELETE FROM proposals WHERE author = ?',
  'DELETE FROM annotation_items WHERE subject = ?',
];

class StoredPersonData implements PersonData {
  private prepared: ReturnType<typeof prepare> | undefined;

  constructor(
    private readonly database: HeddleDatabase,
    private readonly blobs: Pick<BlobStore, 'sweep'>,
  ) {}

  async runsOf(subject: string): Promise<readonly PersonRun[]> {
    const { last, ofSubject, madeOf, states } = this.statements;
    const found = new Set<string>();
    const end = this.within(() => last.get()) ?? 0;
    for (let after = 0; after < end; after += atOnce) {
      for (const id of this.within(() => ofSubject.all({ after, until: after + atOnce, subject }))) found.add(id);
      await yieldToEventLoop();
    }
    for (let fresh = [...found]; fresh.length > 0;) {
      const list = JSON.stringify(fresh);
      fresh = this.within(() => madeOf.all(list, list)).filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
      await yieldToEventLoop();
    }
    const rows = this.within(() => states.all(JSON.stringify([...found])));
    return rows.map(({ id, isEnded }) => ({ runId: id, isEnded: isEnded === 1 }));
  }

  filesOf(runIds: readonly string[]): ReadonlySet<string> {
    const { texts } = this.statements;
    return this.within(
      () => new Set(runIds.flatMap((id) => texts.all(id, id).flatMap((text) => text.match(blobId) ?? []))),
    );
  }

  filesOfSubject(subject: string): ReadonlySet<string> {
    return this.within(() => new Set(this.statements.filesOfSubject.all(subject)));
  }

  erase(runIds: readonly string[], removeRun: (runId: string) => void): ErasedTraces {
    const { ofRuns, emptyCaches } = this.statements;
    const list = JSON.stringify(runIds);
    return this.change(() => {
      const cachedResults = emptyCaches.run(list).changes;
      const traces = ofRuns.reduce((sum, statement) => sum + statement.run(list).changes, 0);
      runIds.forEach(removeRun);
      return { traces, cachedResults };
    });
  }

  eraseNames(subject: string): number {
    const { ofSubjects } = this.statements;
    return this.change(() => ofSubjects.reduce((sum, statement) => sum + statement.run(subject).changes, 0));
  }

  async removeFiles(ids: ReadonlySet<string>): Promise<number> {
    if (ids.size === 0) return 0;
    const referred = await referredBlobs(this.database, ['owned']);
    const loose = [...ids].filter((id) => !referred.has(id));
    this.change(() => loose.forEach((id) => this.statements.disown.run(id)));
    const gone = new Set(loose);
    return (await this.blobs.sweep({ isReferred: (id) => !gone.has(id), before: Infinity })).files;
  }

  rewrite(): void {
    this.database.rewrite();
  }

  private get statements(): ReturnType<typeof prepare> {
    return (this.prepared ??= prepare(this.database.connection));
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }

  private change<T>(work: () => T): T {
    const { connection } = this.database;
    return this.within(() => overwriting(connection, () => connection.transaction(work).immediate()));
  }
}

/** @example const people = createPersonData(database, blobs); */
export const createPersonData = (database: HeddleDatabase, blobs: Pick<BlobStore, 'sweep'>): PersonData =>
  new StoredPersonData(database, blobs);

function prepare(connection: HeddleDatabase['connection']) {
  return {
    last: connection.prepare<[], number | null>('SELECT max(number) FROM runs').pluck(),
    // Older runs of share links have no subject, and their end user is it. The runs of a batch belong to who began it, too.
    ofSubject: connection
      .prepare<[{ after: number; until: number; subject: string }], string>(
        `SELECT id FROM runs WHERE number > @after AND number <= @until AND caller IS NOT NULL
          AND (@subject = coalesce(json_extract(caller, '$.subject'), CASE json_extract(caller, '$.channel')
            WHEN 'share' THEN json_extract(caller, '$.endUser') END, json_extract(caller, '$.principal'))
            OR (json_extract(caller, '$.channel') = 'batch' AND json_extract(caller, '$.principal') = @subject))`,
      )
      .pluck(),
    madeOf: connection
      .prepare<[string, string], string>(
        `SELECT id FROM runs WHERE origin IN (SELECT value FROM json_each(?))
          OR (run_trigger = 'replay' AND json_extract(acceptance, '$.replay.of') IN (SELECT value FROM json_each(?)))`,
      )
      .pluck(),
    states: connection.prepare<[string], { readonly id: string; readonly isEnded: number }>(
      `SELECT id, ${ended} AS isEnded FROM runs WHERE id IN (SELECT value FROM json_each(?)) ORDER BY number DESC`,
    ),
    texts: connection
      .prepare<[string, string], string>(
        `SELECT acceptance || ' ' || coalesce(blobs, '') FROM runs WHERE id = ?
          UNION ALL SELECT body || ' ' || coalesce(records.blobs, '') FROM records JOIN runs ON runs.number = records.run
            WHERE runs.id = ? AND (instr(body, 'sha256:') > 0 OR records.blobs IS NOT NULL)`,
      )
      .pluck(),
    emptyCaches: connection.prepare<[string]>(
      `DELETE FROM cache_entries WHERE cache IN (
        SELECT caches.number FROM caches JOIN runs ON caches.project = coalesce(json_extract(runs.caller, '$.project'), 'default')
          AND caches.workflow IN ('', coalesce(runs.workflow_id, 'document:' || runs.workflow_name))
        WHERE runs.id IN (SELECT value FROM json_each(?)))`,
    ),
    disown: connection.prepare<[string]>("DELETE FROM owned WHERE kind = 'file' AND id = ?"),
    ofRuns: tracesOfRuns.map((sql) => connection.prepare<[string]>(sql)),
    filesOfSubject: connection.prepare<[string], string>('SELECT blob FROM openai_files WHERE owner = ?').pluck(),
    ofSubjects: tracesOfSubject.map((sql) => connection.prepare<[string]>(sql)),
  };
}
