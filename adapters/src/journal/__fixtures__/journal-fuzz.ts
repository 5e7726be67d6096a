import type { Journal, RunRecord } from '@heddle/core';
import { acceptRun, appendTo, checkEqual, records } from '@heddle/core/testing';
import fc from 'fast-check';

const path = fc.constantFrom('a', 'each#1/loop@2');
const attempt = fc.constantFrom(1, 1, 1, 2);
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant('x'.repeat(66_000)));
const usage = { inputTokens: 3, outputTokens: 2, cost: 0.5 };

const record: fc.Arbitrary<RunRecord> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('node-start' as const), time: fc.nat(100), path, attempt }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('node-end' as const),
      time: fc.nat(100),
      started: fc.nat(100),
      path,
      attempt,
      outputs: fc.dictionary(
        fc.string(),
        value.map((entry) => ({ value: entry, label: { level: 'internal' as const, marks: [] } })),
        { maxKeys: 2 },
      ),
      usage: fc.constant(usage),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('node-error' as const),
      time: fc.nat(100),
      started: fc.nat(100),
      path,
      attempt,
      error: fc.constant({ code: 'node_failed', message: 'No.', retryable: false }),
      isCarried: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('node-retry' as const),
      time: fc.nat(100),
      path,
      attempt,
      error: fc.constant({ code: 'node_failed', message: 'No.', retryable: true }),
      dueAt: fc.nat(100),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<RunRecord>(
      records.runStart(),
      records.suspend(50),
      records.humanInputStart('ask'),
      { type: 'run-resume', time: 1, reason: 'timer' },
      { type: 'run-pause', time: 1, reason: 'stop' },
    ),
  },
);

/**
 * One thing that happens: an append to one of two runs, waited for or not, streamed text, a write of another program, a restart, an end
 * without a stop, or time that goes by.
 */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      run: fc.constantFrom('run-1', 'run-2'),
      batch: fc.array(record, { minLength: 1, maxLength: 5 }),
      isAwaited: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'crash' as const, 'later' as const) },
  { weight: 2, arbitrary: fc.constantFrom('stream' as const, 'other program' as const) },
);

/** What a fuzz test does to a journal beside calling it. */
export interface FuzzedJournal {
  /** The journal that is open now. */
  readonly journal: Journal;
  /** Closes the journal and opens it again. */
  restart(): Promise<void>;
  /** Opens another journal on what the first one stored; the first one does nothing more. */
  crash(): Promise<void>;
  /** Lets the time pass after which streamed text is stored. */
  later(): Promise<void>;
  /** Writes something that belongs to no run. */
  writeAsOther(): Promise<void>;
  close(): Promise<void>;
}

const textOf = (runId: string) =>
  ({
    type: 'node-delta',
    runId,
    time: 1,
    path: 'streaming',
    attempt: 1,
    port: 'text',
    offset: 0,
    delta: 'x'.repeat(5_000), // long enough to be stored with the next commit
  }) as const;

/** Compares a journal with a list, after any sequence of such steps: whatever was appended comes back, in order and by any page. */
export const fuzzJournal = (open: () => Promise<FuzzedJournal>, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.nat(30),
      fc.integer({ min: 1, max: 30 }),
      async (steps, after, limit) => {
        const opened = await open();
        try {
          const lists = await play(opened, steps);
          await compare(opened.journal, lists, { after, limit });
        } finally {
          await opened.close();
        }
      },
    ),
    { numRuns },
  );

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Lists = Readonly<Record<'run-1' | 'run-2', RunRecord[]>>;

async function play(opened: FuzzedJournal, steps: readonly Step[]): Promise<Lists> {
  const lists: Lists = { 'run-1': [], 'run-2': [] };
  for (const runId of ['run-1', 'run-2']) await acceptRun(opened.journal, runId);
  const open: Promise<void>[] = [];
  const settled = (): Promise<unknown> => Promise.all(open.splice(0));
  for (const entry of steps) {
    if (entry === 'later') await opened.later();
    else if (entry === 'other program') await opened.writeAsOther();
    else if (entry === 'stream')
      for (const runId of ['run-1', 'run-2']) opened.journal.saveDeltas(runId, [textOf(runId)]);
    else if (entry === 'restart' || entry === 'crash') {
      await settled();
      await opened[entry]();
    } else {
      const list = lists[entry.run];
      const first = list.length + 1;
      list.push(...entry.batch);
      open.push(
        appendTo(opened.journal, entry.run, entry.batch).then((seq) => checkEqual(seq, first, 'the first seq is wrong')),
      );
      if (entry.isAwaited) await settled();
    }
  }
  await settled();
  return lists;
}

async function compare(
  journal: Journal,
  lists: Lists,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<void> {
  for (const [runId, list] of Object.entries(lists)) {
    const expected = list.map((entry, index) => ({ ...entry, runId, seq: index + 1 }));
    checkEqual(await journal.events(runId), expected, `the events of ${runId} are wrong`);
    const page = expected.slice(after, after + limit);
    checkEqual(await journal.events(runId, { after, limit }), page, `a page of ${runId} is wrong`);
    const ends = list.filter((entry) => entry.type === 'node-end').length;
    const { lastSeq, inputTokens, outputTokens, cost } = await journal.summary(runId);
    checkEqual(
      [lastSeq, inputTokens, outputTokens, cost],
      [list.length, 3 * ends, 2 * ends, 0.5 * ends],
      `the summary of ${runId} is wrong`,
    );
  }
}
