import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptanceOf, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderBlobs } from '../../blobs/folder-blobs.js';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { createPersonData } from './person-data.js';
import { createRetention } from './retention.js';

type Values = Readonly<Record<string, string | number | null>>;

/** Rows that were made of a run, by table: those that go, and those that lose what the run said. `word` stands wherever a text can. */
const rowsOf = (run: string, word: string): Readonly<Record<string, Values>> => ({
  run_scores: {
    ...{ run, monitor: 'm', metric: 'q', project: 'default', workflow: 'w', explanation: word, cost: 0, tokens: 0 },
    ...{ label: 'internal', judged_at: 1 },
  },
  monitor_samples: { run, monitor: 'm', is_reference: 0, label: 'internal', body: word },
  experiment_results: {
    ...{
      run,
      project: 'default',
      scope: 's',
      hash: run,
      experiment: 'x',
      outputs: word,
      saved: '{}',
      bytes: 1,
      stored_at: 1,
    },
  },
  experiment_cells: {
    ...{ run, experiment: 'x', number: run.length, repeat: 0, variant: 0, state: 'done', attempt: 1 },
    // One that failed has no evaluations.
    ...{ error: word, evaluations: run.length % 2 === 0 ? null : word },
  },
  annotation_items: { run, queue: 'q', needed: 1, label: 'internal', project: 'default', subject: 'nobody' },
  run_feedback: {
    ...{ run, message: '', who: 'w', project: 'default', comment: word, correction: word, label: 'internal' },
    ...{ created_at: 1, updated_at: 1 },
  },
  provider_batch_calls: {
    ...{ run, key: 'k', path: 'a', failures: 0, owner: '', connection: 'far', model: 'far/big', endpoint: '/v1' },
    ...{ level: 'internal', falls_back: 0, input_tokens: 1, output_tokens: 1, most: 0, body: word, answer: word },
    ...{ state: 'answered', tries: 1, created_at: 1, is_settled: 0 },
  },
  deliveries: {
    run,
    id: `d-${run}`,
    channel: 'o',
    event: 'run-end',
    status: 'failed',
    created_at: 1,
    error: word,
  },
  delivery_tries: { delivery: `d-${run}`, at: 1, ms: 1, status: 500, response: word, error: word },
  idempotency_keys: { run_id: run, scope: run, key: word, request_hash: 'h', used_at: 1 },
  route_decisions: { run, path: 'a', time: 1, details: word },
  arrivals: { run, channel: 'o', at: 1, key: 'k', message: word },
  batch_rows: { run, batch: 'b', number: run.length, inputs: word, status: 'failed', attempt: 1, error: word },
  replay_rows: { run: null, replay: 'r', number: run.length, recorded: run, status: 'done', body: word },
});

/** Tables whose column names a run, and why a forgotten run needs no statement there. */
const others: Readonly<Record<string, string>> = {
  records: 'removed with the run',
  deltas: 'removed with the run',
  human_inputs: 'removed with the run',
  removals: 'the note of a removal that is under way',
  conversations: 'erased by subject before',
  conversation_turns: 'erased with their conversation',
  facts: 'erased by subject before',
  proposals: 'erased by their author, with the names',
  dataset_rows: 'forgetRuns of the datasets, in the same step',
  model_calls: 'costs and tokens, which stay',
  budget_grants: 'limits and who raised them, which stay',
  audit_content: 'contents of model calls, which the forgetting erases by run',
  dataset_runs: 'which conversations a run had: ids',
  run_score_batches: 'goes with the scores, by a trigger',
  ...Object.fromEntries(
    ['rollup_queue', 'rollup_backlog', 'ab_runs', 'ab_queue', 'monitor_queue', 'monitor_runs'].map((name) => [
      name,
      'numbers and ids of runs, for counts',
    ]),
  ),
};

describe('forgetting the runs of a person', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    // Rows refer to queues, monitors and replays that play no part here.
    opened.database.connection.pragma('foreign_keys = OFF');
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const sql = <Row>(text: string, ...values: unknown[]): Row[] =>
    opened.database.connection.prepare<unknown[], Row>(text).all(...values);
  function insert(table: string, row: Values): void {
    const names = Object.keys(row);
    opened.database.connection
      .prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(row));
  }
  async function leave(runId: string, subject: string, word: string): Promise<void> {
    const caller = { principal: 'key:k', project: 'default', subject };
    await opened.journal.accept(
      acceptanceOf(runId, { time: 100, caller, inputs: { text: labelled(word) } }),
      bundleNamed('A'),
    );
    await appendTo(opened.journal, runId, [records.runStart(), records.nodeEnd('a', word), records.runEnd()]);
    for (const [table, row] of Object.entries(rowsOf(runId, word))) insert(table, row);
  }
  const tablesWith = (word: string): readonly string[] =>
    sql<{ readonly name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .map(({ name }) => name)
      .filter((name) => sql(`SELECT * FROM "${name}"`).some((row) => JSON.stringify(row).includes(word)))
      .toSorted();
  const holds = (word: string): boolean =>
    [opened.database.file, `${opened.database.file}-wal`].some((file) => readFileSync(file).includes(word));

  it('reaches every row that was made of them: experiments, replays, batches, annotations, deliveries, scores', async () => {
    const [hers, others] = ['planted-of-ann', 'planted-of-zoe'];
    for (let index = 0; index < 5; index += 1) {
      await leave(`ann-${'x'.repeat(index)}`, 'end-user:ann', hers);
      await leave(`zoe-runs-${'x'.repeat(index)}`, 'end-user:zoe', others);
    }
    const planted = Object.keys(rowsOf('r', 'w')).filter((table) => table !== 'annotation_items');
    expect(tablesWith(hers)).toEqual(expect.arrayContaining(planted));
    const people = createPersonData(opened.database, new FolderBlobs(join(temporary.folder, 'blobs')));
    const retention = createRetention(opened.database);
    const runs = (await people.runsOf('end-user:ann')).map(({ runId }) => runId);
    expect(runs).toHaveLength(5);
    const removed: string[] = [];
    const { traces } = people.erase(runs, (runId) => {
      if (retention.remove(runId) === 'removed') removed.push(runId);
    });
    // The newest run of all is of the other one.
    expect(removed.toSorted()).toEqual(runs.toSorted());
    // A delivery and its tries, and a row of each other table.
    expect(traces).toBe(5 * Object.keys(rowsOf('r', 'w')).length);
    people.rewrite();
    expect([tablesWith(hers), holds(hers)]).toEqual([[], false]);
    expect(tablesWith(others)).toEqual(expect.arrayContaining(planted));
    expect(sql('SELECT 1 FROM annotation_items')).toHaveLength(5);
    // What counts stays: the rows of the batch and the cells of the experiment, without words.
    expect(sql("SELECT 1 FROM batch_rows WHERE run LIKE 'ann%' AND inputs = '{}' AND error IS NULL")).toHaveLength(5);
    expect(sql("SELECT 1 FROM experiment_cells WHERE run LIKE 'ann%' AND evaluations IS NULL")).toHaveLength(5);
    expect(people.erase(runs, () => undefined).traces).toBe(0);
  });

  it('knows every table that names a run', () => {
    const known = new Set([...Object.keys(rowsOf('r', 'w')), ...Object.keys(others)]);
    const naming = sql<{ readonly name: string }>(
      `SELECT DISTINCT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND columns.name IN ('run', 'run_id', 'recorded', 'other')`,
    ).map(({ name }) => name);
    // A new table needs a statement in person-data.ts and a row above, or a reason.
    expect(naming.filter((name) => !known.has(name))).toEqual([]);
    const stale = [...known].filter((name) => name !== 'delivery_tries' && !naming.includes(name));
    expect(stale).toEqual([]);
  });
});
