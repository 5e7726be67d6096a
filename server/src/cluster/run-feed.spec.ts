import { describe, expect, it } from '@jest/globals';
import type { BusReader, RunBus, RunRecord, StreamEvent } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createMemoryJournal } from '@heddle/engine';
import { RunHub } from '../live/run-hub.js';
import { testDocument } from '../testing/test-nodes.js';
import { createRunFeed } from './run-feed.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A bus that delivers what a test passes to it. */
function createBus() {
  const readers = new Set<BusReader>();
  const bus: RunBus = {
    publish: () => undefined,
    watch(_, reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
    tell: () => undefined,
    listen: () => () => undefined,
    close: () => Promise.resolve(),
  };
  return {
    bus,
    readers,
    bring: (...events: readonly StreamEvent[]) => readers.forEach((reader) => reader.onEvents(events)),
    gap: () => readers.forEach((reader) => reader.onGap()),
  };
}

const start = (path: string): RunRecord => ({ type: 'node-start', time: 0, path, attempt: 1 });
const end = (path: string): RunRecord => ({ type: 'node-end', time: 0, path, attempt: 1, started: 0, outputs: {} });
const over: RunRecord = { type: 'run-end', time: 0, status: 'done' };

/** Watches a run of another process: its records are in the journal, and on the bus only if the test delivers them. */
async function watchElsewhere({ hasBus = true } = {}) {
  const clock = createFakeClock();
  const journal = createMemoryJournal(clock);
  const run = { runId: 'r', workflowId: undefined, workflowName: 'w', time: 0, trigger: 'test', rootId: 'r' } as const;
  await journal.accept(
    { ...run, inputs: {}, options: {}, origin: undefined, reused: [] },
    { document: testDocument(), workflows: {} },
  );
  let isAway = false;
  const reached = {
    ...journal,
    summary: journal.summary.bind(journal),
    streams: journal.streams.bind(journal),
    events: (...given: Parameters<typeof journal.events>) =>
      isAway ? Promise.reject(new Error('away')) : journal.events(...given),
  };
  const { bus, readers, bring, gap } = createBus();
  const hub = new RunHub(journal, clock, createRunFeed({ journal: reached, clock, bus: hasBus ? bus : undefined }));
  const append = async (...records: readonly RunRecord[]): Promise<readonly StreamEvent[]> => {
    const first = await journal.append('r', records);
    return records.map((record, index) => ({ ...record, runId: 'r', seq: first + index }));
  };
  const delta = (path: string, offset: number, text: string): StreamEvent => ({
    type: 'node-delta',
    runId: 'r',
    time: 0,
    path,
    attempt: 1,
    port: 'text',
    offset,
    delta: text,
  });
  /** Stores streamed text as a worker does. */
  const store = (path: string, offset: number, text: string): void => {
    const piece = delta(path, offset, text);
    if (piece.type === 'node-delta') journal.saveDeltas('r', [piece]);
  };
  const watch = () => {
    const seen: StreamEvent[] = [];
    let hasEnded = false;
    const stop = hub.watch('r', 0, {
      send: (events) => {
        seen.push(...events);
        return true;
      },
      whenReady: queueMicrotask,
      end: () => (hasEnded = true),
      fail: (error) => {
        throw error;
      },
    });
    const seqs = () => seen.flatMap((event) => ('seq' in event ? [event.seq] : []));
    const texts = () =>
      seen.flatMap((event) =>
        event.type === 'node-delta' ? [event.delta] : event.type === 'node-snapshot' ? [event.text] : [],
      );
    return { seen, seqs, texts, stop, hasEnded: () => hasEnded };
  };
  const check = async () => {
    await clock.advance(2_000);
    await settle();
  };
  const cut = (away: boolean) => (isAway = away);
  return { hub, append, bring, gap, delta, store, watch, check, cut, readers };
}

describe('a run of another process', () => {
  it('shows the events and the text that come over the bus, each once', async () => {
    const { append, bring, delta, watch, hub, readers } = await watchElsewhere();
    const one = watch();
    const other = watch();
    await settle();
    const [first, ...rest] = await append(start('a'), end('a'), over);
    bring(first!);
    bring(first!, delta('a', 0, 'Hello '), delta('a', 6, 'world'));
    expect(one.texts().join('')).toBe('Hello world');
    bring(...rest);
    await settle();
    for (const watcher of [one, other]) expect([watcher.seqs(), watcher.hasEnded()]).toEqual([[1, 2, 3], true]);
    expect([hub.size, readers.size]).toEqual([0, 0]);
  });

  it('shows what the bus lost, from the journal, before what came after it', async () => {
    const { append, bring, gap, watch } = await watchElsewhere();
    const watcher = watch();
    await settle();
    const [, , third] = await append(start('a'), end('a'), start('b'));
    bring(third!);
    await settle();
    expect(watcher.seqs()).toEqual([1, 2, 3]);
    await append(end('b'), over);
    gap();
    await settle();
    expect([watcher.seqs(), watcher.hasEnded()]).toEqual([[1, 2, 3, 4, 5], true]);
  });

  it('ends for its watchers even if its worker announces nothing more', async () => {
    const { append, watch, check } = await watchElsewhere();
    const watcher = watch();
    await settle();
    await append(start('a'), end('a'), over);
    await settle();
    expect(watcher.hasEnded()).toBe(false);
    await check();
    expect([watcher.seqs(), watcher.hasEnded()]).toEqual([[1, 2, 3], true]);
  });

  it('shows no text of an execution whose end came from the journal, not even to a later watcher', async () => {
    const { append, bring, gap, delta, watch } = await watchElsewhere();
    const early = watch();
    await settle();
    const [first] = await append(start('a'), end('a'), start('b'));
    bring(first!, delta('a', 0, 'half'));
    gap();
    await settle();
    bring(delta('a', 4, ' late'), delta('b', 0, 'now'));
    expect(early.texts()).toEqual(['half', 'now']);
    const late = watch();
    await settle();
    expect(late.texts()).toEqual(['now']);
  });

  it('continues after the database was unavailable, and reads nothing once it has no watchers', async () => {
    const { append, bring, watch, check, cut, readers, hub } = await watchElsewhere();
    const watcher = watch();
    await settle();
    cut(true);
    const [, second] = await append(start('a'), end('a'));
    bring(second!);
    await settle();
    await check();
    expect(watcher.seqs()).toEqual([]);
    cut(false);
    await check();
    expect(watcher.seqs()).toEqual([1, 2]);
    watcher.stop();
    expect([readers.size, hub.size]).toEqual([0, 0]);
    await append(start('b'));
    await check();
    expect(watcher.seqs()).toEqual([1, 2]);
  });

  it('shows its text without a bus, as it is stored, until its end', async () => {
    const { append, store, watch, check } = await watchElsewhere({ hasBus: false });
    const early = watch();
    await append(start('a'));
    store('a', 0, 'Hello ');
    await check();
    expect(early.texts()).toEqual(['Hello ']);
    await check();
    store('a', 6, 'wor');
    store('a', 9, 'ld');
    await check();
    expect(early.texts()).toEqual(['Hello ', 'world']);
    const late = watch();
    await settle();
    expect(late.texts()).toEqual(['Hello world']);
    // The process does not know the label of the text.
    expect(late.seen.filter(({ type }) => type === 'node-snapshot')).toMatchObject([{ label: undefined }]);
    store('a', 11, '!');
    await append(end('a'), over);
    await check();
    expect([early.texts(), early.hasEnded()]).toEqual([['Hello ', 'world'], true]);
  });

  it('withholds text after a gap until the journal has the missing events, and continues live', async () => {
    const { append, bring, delta, store, watch, check } = await watchElsewhere();
    const watcher = watch();
    await settle();
    const [first] = await append(start('a'));
    bring(first!, delta('a', 0, 'one '));
    bring(delta('a', 8, 'three '));
    await settle();
    expect(watcher.texts()).toEqual(['one ']);
    store('a', 0, 'one two th');
    await check();
    expect(watcher.texts()).toEqual(['one ', 'two th', 'ree ']);
    bring(delta('a', 14, 'four'));
    expect(watcher.texts().at(-1)).toBe('four');
  });

  it('shows text once that the journal brings before the bus does', async () => {
    const { append, bring, delta, store, watch, check, gap } = await watchElsewhere();
    const watcher = watch();
    await settle();
    const [first] = await append(start('a'));
    bring(first!, delta('a', 0, 'one '));
    gap();
    store('a', 0, 'one two ');
    await check();
    gap();
    store('a', 8, 'thr');
    await check();
    expect(watcher.texts()).toEqual(['one ', 'two ', 'thr']);
    bring(delta('a', 4, 'two '), delta('a', 8, 'three '), delta('a', 14, 'four'));
    expect(watcher.texts().slice(3)).toEqual(['ee ', 'four']);
  });

  it('shows the text of an attempt that began again with other words', async () => {
    const { append, bring, delta, store, watch, check, gap } = await watchElsewhere();
    const watcher = watch();
    await settle();
    const [first] = await append(start('a'));
    bring(first!);
    gap();
    store('a', 0, 'one two ');
    await check();
    bring(delta('a', 0, 'one '), delta('a', 0, 'new '), delta('a', 4, 'two '));
    expect(watcher.texts()).toEqual(['one two ', 'new ', 'two ']);
  });
});
