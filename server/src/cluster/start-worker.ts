import { randomUUID } from 'node:crypto';
import { steadySource } from '@heddle/core';
import { WorkerLife } from './worker-life.js';
import type { WorkerParts } from './worker-parts.js';

/** The worker of this process. */
export interface RunningWorker {
  /** The boot id of its current life. */
  readonly boot: string;
  /** How many runs it has in memory. */
  readonly size: number;
  has(runId: string): boolean;
  /** Claims a run at once; see `WorkerLife.take`. */
  take(runId: string): Promise<boolean>;
  /** Carries out the open commands to its runs now. */
  readCommands(): Promise<void>;
  /** Resolves when it has drained, or when another process uses its name. */
  readonly over: Promise<void>;
  /** Hands its runs over and ends, within at most `drainMs`. */
  drain(): Promise<void>;
}

const tryAgainMs = 1_000;

/**
 * Starts a process in the role `worker`: it registers, and executes runs until it drains. A worker that was declared dead starts again
 * under a new boot id.
 * Errors: those of the database at the start.
 *
 * @example const worker = await startWorker(parts); process.once('SIGTERM', () => void worker.drain().then(() => process.exit(0)));
 */
export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const time = steadySource(parts.clock);
  let isDraining = false;
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  let life: WorkerLife;

  async function begin(isStillDraining = false): Promise<void> {
    const { worker, capabilities } = parts;
    life = new WorkerLife(parts, {
      ...worker,
      capabilities: capabilities?.() ?? worker.capabilities,
      boot: randomUUID(),
      isDraining: isStillDraining,
    });
    await life.begin();
    void life.over.then(beginAgain);
  }

  async function beginAgain(): Promise<void> {
    while (!isDraining) {
      try {
        if (await isReplaced(parts, life.boot)) break;
        await begin(life.drains);
        return;
      } catch (error) {
        parts.log.warn({ err: error }, 'the worker could not register again; it tries again');
        await new Promise<void>((resolve) => time.at(time.now() + tryAgainMs, resolve));
      }
    }
    end();
  }

  await begin();
  return {
    get boot() {
      return life.boot;
    },
    get size() {
      return life.size;
    },
    has: (runId) => life.has(runId),
    take: (runId) => life.take(runId),
    readCommands: () => life.readCommands(),
    over,
    async drain() {
      isDraining = true;
      await life.drain();
      end();
    },
  };
}

/**
 * Whether a later process with the same name has replaced this one. Otherwise two processes of one name would retire each other for ever.
 */
async function isReplaced({ worker: { name }, workers, log }: WorkerParts, boot: string): Promise<boolean> {
  const rows = await workers.list();
  const other = rows.find((row) => row.name === name && row.boot !== boot && row.state !== 'retired' && row.isAlive);
  if (other === undefined) return false;
  log.error({ name, boot: other.boot }, 'another process has the name of this worker: give each a name of its own');
  return true;
}
