import { describe, expect, it } from '@jest/globals';
import { createMemoryJournal } from '@heddle/engine';
import { createFakeClock } from '@heddle/core/testing';
import type { RunRecord, StreamEvent } from '@heddle/core';
import { testDocument } from '../testing/test-nodes.js';
import { RunHub } from './run-hub.js';
import type { LiveSink } from './run-subscriber.js';

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A watcher that reads only when the test says so. */
function createSink(options: { readonly canResync: boolean }) {
  const seen: StreamEvent[] = [];
  const resyncs: number[] = [];
  let isReady = true;
  let waiting: (() => void)[] = [];
  let hasEnded = false;
  const sink: LiveSink = {
    send: (events) => {
      seen.push(...events);
      return isReady;
    },
    whenReady: (callback) => {
      if (isReady) queueMicrotask(callback);
      else waiting.push(callback);
    },
    end: () => (hasEnded = true),
    fail: (error) => {
      throw error;
    },
    ...(options.canResync ? { resync: (after) => resyncs.push(after) } : {}),
  };
  return {
    sink,
    seen,
    resyncs,
    seqs: () => seen.flatMap((event) => ('seq' in event ? [event.seq] : [])),
    text: () =>
      seen.reduce(
        (all, event) =>
          event.type === 'node-snapshot'
            ? event.text
            : event.type === 'node-delta'
              ? all.slice(0, event.offset) + event.delta
              : all,
        '',
      ),
    hasEnded: () => hasEnded,
    stall: () => (isReady = false),
    flow: () => {
      isReady = true;
      const callbacks = waiting;
      waiting = [];
      for (const callback of callbacks) callback();
    },
  };
}

async function createRun() {
  const clock = createFakeClock();
  const journal = createMemoryJournal(clock);
  const hub = new RunHub(journal, clock);
  await journal.accept(
    {
      runId: 'r',
      workflowId: undefined,
      workflowName: 'w',
      time: 0,
      trigger: 'test',
      inputs: {},
      options: {},
      rootId: 'r',
      origin: undefined,
      reused: [],
    },
    { document: testDocument(), workflows: {} },
  );
  const append = async (...records: readonly RunRecord[]) => {
    const first = await journal.append('r', records);
    hub.emit(
      'r',
      records.map((record, index) => ({ ...record, runId: 'r', seq: first + index })),
    );
  };
  let offset = 0;
  const say = (delta: string) => {
    hub.emit('r', [{ type: 'node-delta', runId: 'r', time: 0, path: 'a', attempt: 1, port: 'text', offset, delta }]);
    offset += delta.length;
  };
  const start = { type: 'node-start', time: 0, path: 'a', attempt: 1 } as const;
  const log = { type: 'node-log', time: 0, path: 'a', attempt: 1, level: 'info', message: 'x' } as const;
  return { hub, append, say, start, log };
}

describe('a slow watcher', () => {
  it('gets the waiting events, joined, after it was slow for a moment', async () => {
    const { hub, append, say, start } = await createRun();
    const watcher = createSink({ canResync: true });
    hub.watch('r', 0, watcher.sink);
    await append(start);
    await settle();
    watcher.stall();
    say('a');
    for (let index = 0; index < 5_000; index += 1) say('b');
    expect(watcher.text()).toBe('a');
    watcher.flow();
    expect(watcher.text()).toBe(`a${'b'.repeat(5_000)}`);
    expect([watcher.seen.length, watcher.resyncs]).toEqual([3, []]);
  });

  it.each([true, false])(
    'uses bounded memory, then misses nothing and gets nothing twice (can resync: %s)',
    async (canResync) => {
      const { hub, append, say, start, log } = await createRun();
      const watcher = createSink({ canResync });
      hub.watch('r', 0, watcher.sink);
      await append(start);
      await settle();
      watcher.stall();
      for (let index = 0; index < 3_000; index += 1) {
        await append(log);
        say('x');
      }
      const before = watcher.seqs().length;
      expect(before).toBeLessThan(10);
      watcher.flow();
      await settle();
      if (canResync) {
        expect(watcher.resyncs).toEqual([before]);
        hub.watch('r', before, watcher.sink);
      }
      for (let tries = 0; tries < 100 && watcher.seqs().length < 3_001; tries += 1) await settle();
      say('y');
      await append({ type: 'run-end', time: 0, status: 'done' });
      await settle();
      expect(watcher.seqs()).toEqual(Array.from({ length: 3_002 }, (_, index) => index + 1));
      expect(watcher.text()).toBe(`${'x'.repeat(3_000)}y`);
      expect([watcher.hasEnded(), hub.size]).toEqual([true, 0]);
    },
  );

  it('gets a long text in pieces, each when it is ready, while the run goes on', async () => {
    const { hub, append, say, start, log } = await createRun();
    await append(start);
    const long = 'ä🧵'.repeat(100_000);
    say(long);
    const watcher = createSink({ canResync: false });
    watcher.stall();
    hub.watch('r', 0, watcher.sink);
    const lengths: number[] = [];
    for (let tries = 0; tries < 100 && watcher.text().length < long.length + 1; tries += 1) {
      watcher.flow();
      watcher.stall();
      await settle();
      lengths.push(watcher.text().length);
      if (lengths.length === 3) say('!');
      if (lengths.length === 4) await append(log);
    }
    const steps = lengths.map((length, index) => length - (lengths[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(64 * 1024 + 1);
    watcher.flow();
    await settle();
    say('?');
    await append({ type: 'run-end', time: 0, status: 'done' });
    await settle();
    expect(watcher.text()).toBe(`${long}!?`);
    expect(watcher.seqs()).toEqual([1, 2, 3]);
    for (const event of watcher.seen)
      if (event.type === 'node-delta' || event.type === 'node-snapshot')
        expect(event.type === 'node-delta' ? event.delta : event.text).not.toMatch(/[\uD800-\uDBFF]$/);
  });

  it('is not sent the text of an execution whose end is already in the journal', async () => {
    const { hub, append, say, start } = await createRun();
    await append(start);
    say('half');
    const watcher = createSink({ canResync: false });
    hub.watch('r', 0, watcher.sink);
    await append({ type: 'node-end', time: 0, path: 'a', attempt: 1, started: 0, outputs: {} });
    await settle();
    expect(watcher.seen.map((event) => event.type)).toEqual(['node-start', 'node-end']);
  });

  it('gets no long message when many watch and a node writes without a pause', async () => {
    const { hub, append, say, start } = await createRun();
    const watchers = Array.from({ length: 100 }, () => createSink({ canResync: true }));
    for (const { sink } of watchers) hub.watch('r', 0, sink);
    await append(start);
    await settle();
    for (let index = 0; index < 1_000; index += 1) say('x'.repeat(1_000));
    // The loop above is synchronous, so the timer that sends waiting text has not fired.
    const [first] = watchers;
    const lengths = first?.seen.flatMap((event) => (event.type === 'node-delta' ? [event.delta.length] : [])) ?? [];
    expect(Math.max(...lengths)).toBeLessThanOrEqual(17_384);
    expect(first?.text().length).toBeGreaterThan(1_000_000 - 17_384);
  });
});
