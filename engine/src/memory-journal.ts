import {
  HeddleError,
  isTerminal,
  serialiseDocument,
  type Clock,
  type Journal,
  type LiveEvent,
  type OpenRequest,
  type PlanBundle,
  type RunAcceptance,
  type RunEvent,
  type RunQuery,
  type RunRecord,
  type RunSummary,
  type StreamText,
} from '@heddle/core';

type DeltaEvent = Extract<LiveEvent, { type: 'node-delta' }>;

interface Entry {
  readonly acceptance: RunAcceptance;
  readonly bundle: PlanBundle;
  /** Batches as they were appended; events are derived from them on request. */
  readonly records: RunRecord[];
  summary: { -readonly [Key in keyof RunSummary]: RunSummary[Key] };
  until: number | undefined;
  readonly requests: Map<string, OpenRequest>;
  readonly streams: Map<string, StreamText & { text: string; attempt: number }>;
}

/**
 * Creates a journal that lives as long as the process: for tests, one-off runs and benchmarks. It keeps every rule of a journal except
 * durability. `append` returns at once, so that a run goes on without waiting.
 */
export function createMemoryJournal(_clock?: Clock): Journal {
  const runs = new Map<string, Entry>();
  const entryOf = (runId: string): Entry => {
    const entry = runs.get(runId);
    if (entry === undefined) throw new HeddleError('run_not_found', `Run '${runId}' does not exist.`);
    return entry;
  };
  const newestFirst = (): Entry[] => [...runs.values()].reverse().sort((a, b) => b.acceptance.time - a.acceptance.time);
  return {
    accept: (run, bundle, onCommitted) =>
      Promise.resolve().then(() => {
        if (runs.has(run.runId)) throw new HeddleError('conflict', `Run '${run.runId}' exists already.`);
        runs.set(run.runId, newEntry(run, bundle));
        onCommitted?.();
        return hashOf(bundle);
      }),
    append(runId, records) {
      const entry = entryOf(runId);
      refuseAfterEnd(entry, runId, records);
      const first = entry.records.length + 1;
      for (const record of records) {
        entry.records.push(record);
        follow(entry, record);
      }
      entry.summary.lastSeq = entry.records.length;
      return first;
    },
    saveDeltas(runId, deltas) {
      const entry = runs.get(runId);
      if (entry === undefined) return;
      for (const delta of deltas) saveDelta(entry, delta);
    },
    streams: later((runId) => [...entryOf(runId).streams.values()].map((text) => ({ ...text }))),
    acceptance: later((runId) => entryOf(runId).acceptance),
    bundle: later((runId) => entryOf(runId).bundle),
    summary: later((runId) => ({ ...entryOf(runId).summary })),
    list: later((query) =>
      behind(newestFirst(), query.before)
        .filter((entry) => matches(entry, query))
        .slice(0, query.limit)
        .map(({ summary }) => ({ ...summary })),
    ),
    events: later((runId, options = {}) => eventsOf(entryOf(runId), options)),
    unfinished: later(() =>
      newestFirst()
        .reverse()
        .filter(({ summary }) => !isTerminal(summary.status) && summary.status !== 'paused')
        .map(({ summary }) => ({ ...summary })),
    ),
    due: later(() => dueOf([...runs.values()])),
    requests: later((query = {}) =>
      [...runs.values()].flatMap((entry) =>
        query.runId === undefined || query.runId === entry.acceptance.runId ? [...entry.requests.values()] : [],
      ),
    ),
    close: later(() => runs.clear()),
  };
}

/** Suspended runs that wake by themselves, with their times, earliest first. */
function dueOf(entries: readonly Entry[]): { runId: string; until: number }[] {
  return entries
    .flatMap(({ acceptance, until, summary }) =>
      until === undefined || summary.status !== 'suspended' ? [] : [{ runId: acceptance.runId, until }],
    )
    .sort((a, b) => a.until - b.until);
}

/** Wraps a function so that it returns a promise, which rejects where the function throws. */
function later<Args extends readonly unknown[], Result>(
  work: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return (...args) =>
    new Promise((resolve) => {
      resolve(work(...args));
    });
}

function eventsOf(
  { records, acceptance }: Entry,
  { after = 0, limit, path }: NonNullable<Parameters<Journal['events']>[1]>,
): RunEvent[] {
  const end = limit === undefined ? undefined : after + limit;
  return records
    .slice(after, end)
    .map((record, index) => ({ ...record, runId: acceptance.runId, seq: after + index + 1 }))
    .filter((event) => path === undefined || ('path' in event && event.path === path));
}

function newEntry(acceptance: RunAcceptance, bundle: PlanBundle): Entry {
  return {
    acceptance,
    bundle,
    records: [],
    summary: {
      runId: acceptance.runId,
      workflowId: acceptance.workflowId,
      workflowName: acceptance.workflowName,
      status: 'queued',
      trigger: acceptance.trigger,
      acceptedAt: acceptance.time,
      inputTokens: 0,
      outputTokens: 0,
      cost: 0,
      origin: acceptance.origin,
      lastSeq: 0,
    },
    until: undefined,
    requests: new Map(),
    streams: new Map(),
  };
}

/** Refuses a whole batch if it has a record after the `run-end` of its run. */
function refuseAfterEnd(entry: Entry, runId: string, records: readonly RunRecord[]): void {
  let hasEnded = isTerminal(entry.summary.status);
  for (const record of records) {
    if (hasEnded) throw new HeddleError('run_terminal', `Run '${runId}' has ended: nothing more can be written to it.`);
    if (record.type === 'run-end') hasEnded = true;
  }
}

function follow(entry: Entry, record: RunRecord): void {
  const { summary } = entry;
  switch (record.type) {
    case 'run-start':
      summary.status = 'running';
      summary.startedAt ??= record.time;
      return;
    case 'run-resume':
      summary.status = 'running';
      return;
    case 'run-suspend':
      summary.status = 'suspended';
      entry.until = record.until;
      return;
    case 'run-pause':
      summary.status = 'paused';
      return;
    case 'run-end':
      summary.status = record.status;
      summary.endedAt = record.time;
      if (record.error !== undefined) summary.error = record.error;
      entry.requests.clear();
      entry.streams.clear();
      return;
    case 'node-end':
      endStream(entry, record.path);
      if (record.usage === undefined) return;
      summary.inputTokens += record.usage.inputTokens;
      summary.outputTokens += record.usage.outputTokens;
      summary.cost += record.usage.cost ?? 0;
      return;
    case 'node-error':
    case 'node-skip':
      endStream(entry, record.path);
      return;
    case 'human-input-start':
      entry.requests.set(record.requestId, {
        requestId: record.requestId,
        runId: summary.runId,
        path: record.path,
        titles: record.titles,
        question: record.question,
        time: record.time,
      });
      return;
    case 'human-input-end':
      entry.requests.delete(record.requestId);
      return;
    default:
      return;
  }
}

function endStream(entry: Entry, path: string): void {
  if (entry.streams.size === 0) return;
  for (const [key, stream] of entry.streams) if (stream.path === path) entry.streams.delete(key);
}

function saveDelta(entry: Entry, delta: DeltaEvent): void {
  const key = `${delta.path} ${delta.port}`;
  const known = entry.streams.get(key);
  if (known !== undefined && known.attempt === delta.attempt) known.text += delta.delta;
  else if (known === undefined || known.attempt < delta.attempt)
    entry.streams.set(key, { path: delta.path, attempt: delta.attempt, port: delta.port, text: delta.delta });
}

function matches({ summary }: Entry, query: RunQuery): boolean {
  if (query.workflowId !== undefined && summary.workflowId !== query.workflowId) return false;
  if (query.status !== undefined && !query.status.includes(summary.status)) return false;
  if (query.trigger !== undefined && !query.trigger.includes(summary.trigger)) return false;
  if (query.feedback !== undefined) return false;
  if (query.search !== undefined && !searchText(summary).includes(query.search.toLowerCase())) return false;
  return true;
}

/** Of a list with the latest run first: the entries after a given run, or those accepted before a time. */
function behind(list: readonly Entry[], before: RunQuery['before']): readonly Entry[] {
  if (before === undefined) return list;
  if (typeof before === 'number') return list.filter(({ summary }) => summary.acceptedAt < before);
  const at = list.findIndex(({ summary }) => summary.runId === before.runId);
  return at >= 0 ? list.slice(at + 1) : list.filter(({ summary }) => summary.acceptedAt <= before.acceptedAt);
}

function searchText({ workflowName, runId, error }: RunSummary): string {
  return `${workflowName} ${runId} ${error?.message ?? ''}`.toLowerCase();
}

/** The text of a bundle serves as its hash: equal bundles give equal text. A bundle never changes, and all runs of a workflow share one. */
const hashes = new WeakMap<PlanBundle, string>();

function hashOf(bundle: PlanBundle): string {
  const known = hashes.get(bundle);
  if (known !== undefined) return known;
  const parts = Object.entries(bundle.workflows)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, document]) => `${slug}\n${serialiseDocument(document)}`);
  const hash = [serialiseDocument(bundle.document), ...parts].join('\n');
  hashes.set(bundle, hash);
  return hash;
}
