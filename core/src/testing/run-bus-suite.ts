import type { StreamEvent } from '../events/events.js';
import { labelOf } from '../labels/label.js';
import type { RunBus } from '../ports/cluster/run-bus.js';
import { check, checkEqual, type SuiteCase } from './suite.js';

/** A bus that several processes share. Each test uses its own runs. */
export interface RunBusSubject {
  /** Opens the bus as another process would. */
  readonly open: () => Promise<RunBus>;
  /** Returns an id that no other test uses. */
  readonly newId: () => string;
}

async function until(what: () => boolean, message: string): Promise<void> {
  for (const end = Date.now() + 30_000; !what();) {
    check(Date.now() < end, message);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const start = (runId: string, seq: number): StreamEvent => ({
  type: 'run-resume',
  runId,
  seq,
  time: seq,
  reason: 'timer',
});
const delta = (runId: string, offset: number, text: string): StreamEvent => ({
  type: 'node-delta',
  runId,
  time: 1,
  path: 'a',
  attempt: 1,
  port: 'text',
  offset,
  delta: text,
});

function watch(bus: RunBus, runId: string) {
  const events: StreamEvent[] = [];
  let gaps = 0;
  const stop = bus.watch(runId, { onEvents: (got) => void events.push(...got), onGap: () => (gaps += 1) });
  return {
    events,
    stop,
    gaps: () => gaps,
    seqs: () => events.flatMap((event) => ('seq' in event ? [event.seq] : [])),
    text: () => events.map((event) => (event.type === 'node-delta' ? event.delta : '')).join(''),
  };
}

/**
 * The conformance suite of buses.
 *
 * @example for (const promise of runBusSuite) it(promise.name, () => promise.run(subject));
 */
export const runBusSuite: readonly SuiteCase<RunBusSubject>[] = [
  {
    name: 'brings what a run says to all who watch it, in order and whole, and nothing to others',
    async run({ open, newId }) {
      const sender = await open();
      const one = await open();
      const other = await open();
      const runId = newId();
      const another = newId();
      const watchers = [watch(one, runId), watch(one, runId), watch(other, runId)];
      const stranger = watch(other, another);
      let text = '';
      for (let number = 0; number < 50; number += 1) {
        const piece = `${number}-ü💡 `;
        sender.publish(runId, [start(runId, number + 1), delta(runId, text.length, piece)]);
        text += piece;
        if (number % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
      }
      await until(() => watchers.every(({ seqs }) => seqs().length >= 50), 'events are lost');
      for (const watcher of watchers) {
        checkEqual(
          watcher.seqs(),
          Array.from({ length: 50 }, (_, at) => at + 1),
          'the order is wrong',
        );
        checkEqual(watcher.text(), text, 'the text differs');
        checkEqual(watcher.gaps(), 0, 'there was a gap');
      }
      checkEqual(stranger.events, [], 'another run got events');
    },
  },
  {
    name: 'gives deltas of one label the same label, so that watchers can join them',
    async run({ open, newId }) {
      const sender = await open();
      const reader = await open();
      const runId = newId();
      const watcher = watch(reader, runId);
      const label = labelOf('confidential', ['untrusted']);
      for (let at = 0; at < 4; at += 1) {
        sender.publish(runId, [{ ...delta(runId, at, 'x'), label } as StreamEvent]);
        await until(() => watcher.text().length > at, 'text is lost');
      }
      const labels = watcher.events.map((event) => (event.type === 'node-delta' ? event.label : undefined));
      check(labels.length === 4 && labels.every((got) => got === label), 'a label is another object');
    },
  },
  {
    name: 'joins the deltas of a moment',
    async run({ open, newId }) {
      const sender = await open();
      const reader = await open();
      const runId = newId();
      const watcher = watch(reader, runId);
      for (let at = 0; at < 40; at += 1) sender.publish(runId, [delta(runId, at, 'x')]);
      await until(() => watcher.text().length >= 40, 'text is lost');
      check(watcher.events.length < 20, `${watcher.events.length} deltas came`);
    },
  },
  {
    name: 'gives a watcher that comes later what was said lately, and one that left nothing more',
    async run({ open, newId }) {
      const sender = await open();
      const reader = await open();
      const runId = newId();
      const first = watch(reader, runId);
      sender.publish(runId, [start(runId, 1)]);
      await until(() => first.seqs().length === 1, 'the first event is lost');
      first.stop();
      sender.publish(runId, [start(runId, 2)]);
      const second = watch(reader, runId);
      await until(() => second.seqs().includes(2), 'the later watcher gets nothing');
      checkEqual(second.seqs(), [1, 2], 'the later watcher gets something else');
      checkEqual(first.seqs(), [1], 'one that left got more');
    },
  },
  {
    name: 'says that there is a gap where an event is too large to travel, and goes on',
    async run({ open, newId }) {
      const sender = await open();
      const reader = await open();
      const runId = newId();
      const watcher = watch(reader, runId);
      const reason = 'x'.repeat(10_000);
      sender.publish(runId, [start(runId, 1), { type: 'run-pause', runId, seq: 2, time: 1, reason }, start(runId, 3)]);
      await until(() => watcher.seqs().includes(3), 'nothing came after it');
      checkEqual(watcher.seqs(), [1, 3], 'the large event travelled');
      await until(() => watcher.gaps() > 0, 'nobody says that it is missing');
    },
  },
  {
    name: 'tells a process that there are commands, and no other',
    async run({ open, newId }) {
      const sender = await open();
      const one = await open();
      const other = await open();
      const boot = newId();
      const another = newId();
      let count = 0;
      let otherCount = 0;
      const stop = one.listen(boot, () => (count += 1));
      other.listen(another, () => (otherCount += 1));
      await until(() => {
        sender.tell(boot);
        return count > 0;
      }, 'it was not notified');
      stop();
      checkEqual(otherCount, 0, 'another was notified');
    },
  },
];
