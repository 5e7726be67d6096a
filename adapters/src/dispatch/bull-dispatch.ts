import type { Dispatch, HintReceiver, RunHint } from '@heddle/core';
import type { BullEngine, BullQueue } from './bull-engine.js';
import { BullReceiver } from './bull-receiver.js';
import { jobIdOf, queueOf } from './job-of-hint.js';

const mostAtOnce = 500;

/** Sends hints as BullMQ jobs. */
export function createBullDispatch(engine: BullEngine): Dispatch {
  const queues = new Map<string, BullQueue>();
  const receivers: HintReceiver[] = [];
  const queue = (className: string): BullQueue => {
    const name = queueOf(className);
    const open = queues.get(name) ?? engine.queue(name);
    queues.set(name, open);
    return open;
  };
  const translated = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw engine.toError(error);
    }
  };
  return {
    send: (hints) =>
      translated(async () => {
        for (const [className, list] of byClass(hints))
          for (let from = 0; from < list.length; from += mostAtOnce)
            await add(queue(className), list.slice(from, from + mostAtOnce).map(jobOf));
      }),
    receive(options) {
      const receiver = new BullReceiver(engine, options);
      receivers.push(receiver);
      return receiver;
    },
    waiting: (className) => translated(() => queue(className).getWaitingCount()),
    async close() {
      await Promise.allSettled(receivers.map((receiver) => receiver.close()));
      await Promise.allSettled([...queues.values()].map((open) => open.close()));
      await engine.close();
    },
  };
}

/** In Postgres, BullMQ creates tables for each list of jobs and drops them again. */
async function add(queue: BullQueue, jobs: readonly ReturnType<typeof jobOf>[]): Promise<void> {
  const [job] = jobs;
  if (job !== undefined && jobs.length === 1) await queue.add(job.name, job.data, job.opts);
  else await queue.addBulk([...jobs]);
}

const jobOf = (hint: RunHint) => ({
  name: 'run',
  data: { runId: hint.runId, class: hint.class, epoch: hint.epoch },
  opts: { jobId: jobIdOf(hint), removeOnComplete: true, removeOnFail: true },
});

function byClass(hints: readonly RunHint[]): ReadonlyMap<string, readonly RunHint[]> {
  const classes = new Map<string, RunHint[]>();
  for (const hint of hints) {
    const list = classes.get(hint.class) ?? [];
    list.push(hint);
    classes.set(hint.class, list);
  }
  return classes;
}
