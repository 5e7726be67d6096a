import type { Dispatch, RunHint } from '../ports/cluster/dispatch.js';
import { check, checkEqual, type SuiteCase } from './suite.js';

/** An empty queue that several processes share. A hint in progress must be released after at most three seconds without a signal. */
export interface DispatchSubject {
  /** Opens the queue as another process would. */
  readonly open: () => Promise<Dispatch>;
}

const hint = (runId: string, epoch = 0, className = 'cpu'): RunHint => ({ runId, class: className, epoch });

/** Waits for another process; the timeout is far longer than it ever needs. */
async function until(what: () => boolean | Promise<boolean>, message: string): Promise<void> {
  for (const end = Date.now() + 30_000; !(await what());) {
    check(Date.now() < end, message);
    await pause(10);
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Receives and records hints. With `isHeld`, hints stay in progress until `free`. */
function receiveAll(dispatch: Dispatch, { slots = 4, classes = ['cpu'], isHeld = false } = {}) {
  const got: RunHint[] = [];
  const held: (() => void)[] = [];
  const receiver = dispatch.receive({
    classes,
    slots,
    onHint: async (received) => {
      got.push(received);
      if (isHeld) await new Promise<void>((resolve) => held.push(resolve));
    },
  });
  return {
    got,
    receiver,
    free: () => held.splice(0).forEach((end) => end()),
    ids: () => got.map(({ runId }) => runId).sort(),
  };
}

/**
 * The conformance suite of queues of hints. Each test gets an empty queue.
 *
 * @example for (const promise of dispatchSuite) it(promise.name, () => promise.run(subject));
 */
export const dispatchSuite: readonly SuiteCase<DispatchSubject>[] = [
  {
    name: 'brings each hint to one receiver of its class, whole, whatever is in the id of its run',
    async run({ open }) {
      const sender = await open();
      const one = await open();
      const other = await open();
      const receivers = [receiveAll(one), receiveAll(other)];
      const gpu = receiveAll(one, { classes: ['gpu:0', 'none'] });
      const odd = ['a:b', '123', 'ü/%_', 'a%003ab', '{x}', '💡'];
      const sent = [...Array.from({ length: 40 }, (_, number) => `run-${number}`), ...odd];
      await sender.send([...sent.map((runId) => hint(runId, 3)), hint('on gpu', 0, 'gpu:0')]);
      await until(
        () => receivers.flatMap(({ got }) => got).length >= sent.length && gpu.got.length > 0,
        'a hint is lost',
      );
      await pause(100);
      checkEqual(
        receivers.flatMap(({ got }) => got.map(({ runId }) => runId)).sort(),
        [...sent].sort(),
        'the hints differ',
      );
      checkEqual(gpu.got, [hint('on gpu', 0, 'gpu:0')], 'the other class got something else');
      check(
        receivers.every(({ got }) => got.every(({ epoch, class: name }) => epoch === 3 && name === 'cpu')),
        'a hint changed',
      );
    },
  },
  {
    name: 'has one hint for each epoch of a run until it is settled, and takes the same again after that',
    async run({ open }) {
      const sender = await open();
      const worker = await open();
      for (let time = 0; time < 3; time += 1) await sender.send([hint('a'), hint('a'), hint('a', 1)]);
      checkEqual(await sender.waiting('cpu'), 2, 'there are not two hints');
      checkEqual(await sender.waiting('other'), 0, 'another class has hints');
      const { got, free } = receiveAll(worker, { isHeld: true });
      await until(() => got.length === 2, 'a hint is lost');
      await sender.send([hint('a'), hint('a', 1)]);
      await pause(100);
      checkEqual(got.length, 2, 'a hint in progress came twice');
      free();
      await until(async () => {
        await sender.send([hint('a')]);
        return got.length >= 3;
      }, 'a settled hint cannot be sent again');
      free();
    },
  },
  {
    name: 'has as many hints in progress as there are slots, none with none, and takes the rest as slots become free',
    async run({ open }) {
      const sender = await open();
      const worker = await open();
      await sender.send(Array.from({ length: 7 }, (_, number) => hint(`run-${number}`)));
      const { got, free, receiver } = receiveAll(worker, { slots: 2, isHeld: true });
      await until(() => got.length === 2, 'no two hints came');
      await pause(150);
      checkEqual(got.length, 2, 'more came than there are slots');
      receiver.setSlots(3);
      await until(() => got.length === 3, 'the new slot stays empty');
      receiver.setSlots(0);
      free();
      await pause(300);
      // One request may already have been in flight.
      check(got.length <= 4, 'hints came without a slot');
      receiver.setSlots(4);
      await until(() => {
        free();
        return got.length === 7;
      }, 'the rest does not come');
      free();
    },
  },
  {
    name: 'brings a hint to another receiver where one that waits has no slot any more',
    async run({ open }) {
      const sender = await open();
      const full = await open();
      const free = await open();
      const ofFull = receiveAll(full, { slots: 1 });
      await pause(300);
      const ofFree = receiveAll(free, { slots: 1 });
      await pause(300);
      ofFull.receiver.setSlots(0);
      await sender.send([hint('a')]);
      await until(() => ofFree.got.length === 1, 'the hint does not come');
      checkEqual(ofFull.got.length, 0, 'the hint came where no slot is');
    },
  },
  {
    name: 'goes on after a hint whose receiver failed',
    async run({ open }) {
      const sender = await open();
      const worker = await open();
      const got: string[] = [];
      worker.receive({
        classes: ['cpu'],
        slots: 1,
        onHint: ({ runId }) => {
          got.push(runId);
          return runId === 'bad' ? Promise.reject(new Error('a fault')) : Promise.resolve();
        },
      });
      await sender.send([hint('bad'), hint('good')]);
      await until(() => got.includes('good'), 'it stopped');
      await pause(100);
      checkEqual(got, ['bad', 'good'], 'a hint that failed came again');
    },
  },
  {
    name: 'brings hints again whose receiver was silent, and takes new ones after it was opened again',
    async run({ open }) {
      const sender = await open();
      const worker = await open();
      const other = await open();
      const stuck = receiveAll(worker, { slots: 2, isHeld: true });
      await sender.send([hint('a'), hint('b')]);
      await until(() => stuck.got.length === 2, 'the first hints are lost');
      await stuck.receiver.reopen();
      await sender.send([hint('c')]);
      await until(() => stuck.ids().includes('c'), 'nothing comes after it was opened again');
      await stuck.receiver.close();
      const next = receiveAll(other);
      await until(
        () => ['a', 'b', 'c'].every((runId) => [...stuck.ids().slice(3), ...next.ids()].includes(runId)),
        'a hint was lost',
      );
      stuck.free();
    },
  },
  {
    name: 'takes nothing after it was closed; what was not taken waits for another',
    async run({ open }) {
      const sender = await open();
      const worker = await open();
      const other = await open();
      const first = receiveAll(worker);
      await sender.send([hint('a')]);
      await until(() => first.got.length === 1, 'the first hint is lost');
      await first.receiver.close();
      await first.receiver.close();
      await sender.send([hint('b')]);
      const next = receiveAll(other);
      await until(() => next.got.length === 1, 'the hint is lost');
      checkEqual(first.ids(), ['a'], 'a closed receiver took a hint');
    },
  },
];
