import type { RunEvent, RunRecord, StreamEvent } from '@heddle/core';
import { noHistory, type ClientHistory, type Evidence, type JournalRun, type Watch } from '../evidence.js';
import type { LedgerEntry } from '../ledger.js';
import { expectedOutputs } from '../workflow.js';

const label = { level: 'internal', marks: [] } as const;

/** Values with the label of silence. */
export const labelled = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, label }]));

/** Records with their numbers, as the journal would have them. */
export function numbered(records: readonly RunRecord[], runId = 'one'): RunEvent[] {
  return records.map((record, index) => ({ ...record, runId, seq: index + 1 }));
}

const at = (path: string, time: number) => ({ path, time, attempt: 1 });

/** A node starts. */
export const start = (path: string, time: number): RunRecord => ({ type: 'node-start', ...at(path, time) });

/** A node ends with outputs. */
export const end = (path: string, time: number, outputs: object = {}): RunRecord => ({
  type: 'node-end',
  ...at(path, time),
  started: time,
  outputs: labelled({ ...outputs }),
});

/** A person decided. */
export const decided = (path: string, time: number, value: unknown): RunRecord => ({
  type: 'human-input-end',
  ...at(path, time),
  requestId: `ask-${path}`,
  key: 'word',
  outcome: 'answered',
  value,
});

/** The end of a run that did all. */
export const done = {
  type: 'run-end',
  time: 900,
  status: 'done',
  outputs: labelled({ ...expectedOutputs('tag'), word: 'warp', answer: 'A thread.' }),
} satisfies RunRecord;

/** The end of a cancelled run. */
export const cancelled = (time: number): RunRecord => ({ type: 'run-end', time, status: 'cancelled' });

/** Somebody wants the run to end. */
export const wish = (time: number): RunRecord => ({ type: 'cancel-request', time });

/** The begin of a run. */
export const began: RunRecord = { type: 'run-start', time: 10 };

/** The records of a run in which nothing happened. */
export const plain: readonly RunRecord[] = [
  began,
  start('effect', 20),
  end('effect', 40, { text: 'abc' }),
  start('once', 50),
  end('once', 80),
  decided('ask', 100, { word: 'warp' }),
  done,
];

/** A run as the journal has it. */
export function runOf(records: readonly RunRecord[], more: Partial<JournalRun> = {}): JournalRun {
  const status = records.findLast((record) => record.type === 'run-end')?.status ?? 'running';
  return { runId: 'one', rootId: 'one', tag: 'tag', acceptedAt: 5, status, events: numbered(records), ...more };
}

/** An effect as the ledger has it. */
export const entry = (effect: string, arrivedAt: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  tag: 'tag',
  effect,
  key: `key-${effect}`,
  arrivedAt,
  closedAt: arrivedAt + 5,
  isAnswered: true,
  body: '',
  ...more,
});

/** What clients heard and said. */
export const clients = (more: Partial<ClientHistory> = {}): ClientHistory => ({
  ...noHistory(),
  accepted: [{ runId: 'one', tag: 'tag' }],
  seen: [{ runId: 'one', status: 'running' }],
  ...more,
});

/** A history in which nothing is wrong, with a change. */
export function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    runs: [runOf(plain)],
    ledger: [entry('effect', 30), entry('once', 60)],
    notifications: [{ id: 'message-1', runId: 'one', arrivedAt: 950, answeredAt: 955 }],
    lives: [{ startedAt: 0, listeningAt: 1, diedAt: undefined }],
    disturbances: [],
    slowness: 1,
    clients: clients(),
    library: { jobs: [], documents: [], searches: [] },
    embedded: [],
    ...more,
  };
}

/** What a client of the live view saw. */
export const watch = (events: readonly StreamEvent[], after = 0): Watch => ({
  runId: 'one',
  via: 'sse',
  after,
  events,
});

/** A history with views. */
export const watching = (...watches: Watch[]): Evidence => evidence({ clients: clients({ watches }) });

/** The records of the plain run, numbered. */
export const kept = numbered(plain);

/** A piece of text. */
export const delta = (offset: number, text: string): StreamEvent => ({
  type: 'node-delta',
  runId: 'one',
  ...at('effect', 25),
  port: 'text',
  offset,
  delta: text,
});

/** The text so far. */
export const snapshot = (text: string): StreamEvent => ({
  type: 'node-snapshot',
  runId: 'one',
  ...at('effect', 25),
  port: 'text',
  text,
});
