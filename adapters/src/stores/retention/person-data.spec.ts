import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal, Tables } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bothJournals, type TestedJournal, type TestedJournals } from '../../testing/both-journals.js';
import { createPersonData, type PersonData } from './person-data.js';
import { createRetention, type Retention } from './retention.js';

type Values = Readonly<Record<string, string | number | null>>;

/** Rows from a run, by table: those that are deleted, and those that lose its texts. `word` is in every field that can contain text. */
const rowsOf = (run: string, word: string): Readonly<Record<string, Values>> => ({
  run_scores: {
    run,
    monitor: 'm',
    metric: 'q',
    project: 'default',
    workflow: 'w',
    explanation: word,
    cost: 0,
    tokens: 0,
    label: 'internal',
    judged_at: 1,
  },
  monitor_samples: { run, monitor: 'm', is_reference: 0, label: 'internal', body: word },
  experiment_results: {
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
  experiment_cells: {
    run,
    experiment: 'x',
    number: run.length,
    repeat: 0,
    variant: 0,
    state: 'done',
    attempt: 1,
    // A failed row has no evaluations.
    error: word,
    evaluations: run.length % 2 === 0 ? null : word,
  },
  annotation_items: { run, queue: 'q', needed: 1, label: 'internal', project: 'default', subject: 'nobody' },
  run_feedback: {
    run,
    message: '',
    who: 'w',
    project: 'default',
    comment: word,
    correction: word,
    label: 'internal',
    created_at: 1,
    updated_at: 1,
  },
  provider_batch_calls: {
    run,
    key: 'k',
    path: 'a',
    failures: 0,
    owner: '',
    connection: 'far',
    model: 'far/big',
    endpoint: '/v1',
    level: 'internal',
    falls_back: 0,
    input_tokens: 1,
    output_tokens: 1,
    most: 0,
    body: word,
    answer: word,
    state: 'answered',
    tries: 1,
    created_at: 1,
    is_settled: 0,
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

/** Tables with a column that names a run, and why erasing a run needs no statement there. */
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
  graph_apart: 'its `other` is an entity of documents',
  ...Object.fromEntries(
    ['rollup_queue', 'rollup_backlog', 'ab_runs', 'ab_queue', 'monitor_queue', 'monitor_runs'].map((name) => [
      name,
      'numbers and ids of runs, for counts',
    ]),
  ),
};

/** Tables that only a server database has. */
const ofServers: Readonly<Record<string, string>> = {
  commands: 'go with the run, by a trigger',
  moves: 'name another database or a folder',
};

describe.each(bothJournals)('forgetting the runs of a person in %s', (_name, open) => {
  let databases: TestedJournals;
  let opened: TestedJournal;
  let tables: Tables;
  let journal: Journal;
  let people: PersonData;
  let retention: Retention;
  let referred: ReadonlySet<string>;
  beforeAll(async () => {
    databases = await open();
  }, 120_000);
  afterAll(() => databases?.close());
  beforeEach(async () => {
    opened = await databases.reset();
    // Rows refer to queues, monitors and replays that this test does not need.
    await opened.dropReferences();
    tables = opened.tables;
    journal = opened.journalWith([]);
    referred = new Set();
    people = createPersonData(tables, {
      blobs: opened.blobs,
      referred: () => Promise.resolve(referred),
      rewrite: () => opened.rewrite(),
    });
    retention = createRetention(tables, opened);
  });
  afterEach(() => journal.close());

  const insert = (table: string, row: Values): Promise<void> => {
    const names = Object.keys(row);
    const values = names.map((name) => `@${name}`);
    return tables.note([
      { sql: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')})`, values: row },
    ]);
  };
  const count = async (what: string): Promise<number | undefined> =>
    (await tables.get<{ readonly count: number }>(`SELECT count(*) AS count FROM ${what}`))?.count;
  async function leave(runId: string, subject: string, word: string): Promise<void> {
    const caller = { principal: 'key:k', project: 'default', subject };
    await journal.accept(
      acceptanceOf(runId, { time: 100, caller, inputs: { text: labelled(word) } }),
      bundleNamed('A'),
    );
    await appendTo(journal, runId, [records.runStart(), records.nodeEnd('a', word), records.runEnd()]);
    for (const [table, row] of Object.entries(rowsOf(runId, word))) await insert(table, row);
    if (!opened.isFile)
      await insert('commands', { id: randomUUID(), run: runId, kind: 'answer', body: JSON.stringify({ value: word }) });
  }
  async function tablesWith(word: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of new Set((await opened.columns()).map(({ table }) => table)))
      if (JSON.stringify(await tables.all(`SELECT * FROM "${name}"`)).includes(word)) found.push(name);
    return found.toSorted();
  }
  const holds = (word: string): boolean =>
    opened.isFile && [opened.location, `${opened.location}-wal`].some((file) => readFileSync(file).includes(word));
  /** Erases runs together with everything that came from them. */
  const erase = (runs: readonly string[]): Promise<number> => {
    let traces = 0;
    return retention
      .remove(
        runs,
        (why) => new Error(why) as never,
        async (writes) => {
          const erased = await people.erasureOf(runs);
          traces = erased.traces;
          await tables.commit([...erased.writes, ...writes]);
        },
      )
      .then(() => traces);
  };

  it('reaches every row that came from them: experiments, replays, batches, annotations, deliveries, scores', async () => {
    const hers = 'planted-of-ann';
    const others = 'planted-of-zoe';
    for (let index = 0; index < 5; index += 1) {
      await leave(`ann-${'x'.repeat(index)}`, 'end-user:ann', hers);
      await leave(`zoe-runs-${'x'.repeat(index)}`, 'end-user:zoe', others);
    }
    const planted = Object.keys(rowsOf('r', 'w')).filter((table) => table !== 'annotation_items');
    expect(await tablesWith(hers)).toEqual(expect.arrayContaining(planted));
    const runs = (await people.runsOf('end-user:ann')).map(({ runId }) => runId);
    expect(runs).toHaveLength(5);
    const traces = await erase(runs);
    // The newest run belongs to the other person.
    expect(await journal.list({})).toHaveLength(5);
    // A delivery and its tries, and a row of each other table.
    expect(traces).toBe(5 * Object.keys(rowsOf('r', 'w')).length);
    people.rewrite();
    expect([await tablesWith(hers), holds(hers)]).toEqual([[], false]);
    expect(await tablesWith(others)).toEqual(expect.arrayContaining(planted));
    expect(await count('annotation_items')).toBe(5);
    // Counts stay: the rows of the batch and the cells of the experiment, without texts.
    expect(await count("batch_rows WHERE run LIKE 'ann%' AND inputs = '{}' AND error IS NULL")).toBe(5);
    expect(await count("experiment_cells WHERE run LIKE 'ann%' AND evaluations IS NULL")).toBe(5);
    expect((await people.erasureOf(runs)).traces).toBe(0);
  });

  it('covers every table that names a run', async () => {
    const known = new Set([
      ...Object.keys(rowsOf('r', 'w')),
      ...Object.keys(others),
      ...(opened.isFile ? [] : Object.keys(ofServers)),
    ]);
    const names: readonly string[] = ['run', 'run_id', 'recorded', 'other'];
    const columns = (await opened.columns()).filter(({ column }) => names.includes(column));
    const naming = [...new Set(columns.map(({ table }) => table))];
    // A new table needs a statement in person-traces.ts and a row above, or a reason.
    expect(naming.filter((name) => !known.has(name))).toEqual([]);
    const isElsewhere = (name: string): boolean => name === 'delivery_tries' || (opened.isFile && name in ofServers);
    const stale = [...known].filter((name) => !isElsewhere(name) && !naming.includes(name));
    expect(stale).toEqual([]);
  });
});
