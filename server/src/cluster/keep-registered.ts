import { keepWorker, type KeptWorker } from '@heddle/adapters/cluster';
import { steadySource, type Clock, type NewWorker, type Workers, type WorkerTimes } from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { Log } from '../common/log.js';

interface RegisteredParts {
  readonly workers: Workers;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: WorkerTimes;
}

const tryAgainMs = 1_000;

/**
 * Keeps a process that takes no runs in the registry, so that operators see it. If the process was silent for too long, it registers again,
 * unless another process uses its name now. Errors: those of the database at the start.
 *
 * @example const registered = await keepRegistered({ name, role: 'api', version }, parts); await registered.leave();
 */
export async function keepRegistered(
  process: Pick<NewWorker, 'name' | 'role' | 'version'>,
  { workers, clock, log, times }: RegisteredParts,
): Promise<{ leave(): Promise<void> }> {
  const time = steadySource(clock);
  let boot = '';
  let kept: KeptWorker | undefined;
  let isOver = false;

  async function register(): Promise<void> {
    boot = randomUUID();
    const row = { ...process, boot, capabilities: [], classes: [], slots: 0 };
    kept = await keepWorker(row, { workers, clock, times, onLost: () => void registerAgain() });
  }

  async function registerAgain(): Promise<void> {
    while (!isOver) {
      try {
        const rows = await workers.list();
        if (
          rows.some((row) => row.name === process.name && row.boot !== boot && row.state !== 'retired' && row.isAlive)
        ) {
          log.error(
            { name: process.name },
            'another process has the name of this one: give each a data folder of its own',
          );
          return;
        }
        await register();
        return;
      } catch (error) {
        log.debug({ err: error }, 'the process could not register again; it tries again');
        await new Promise<void>((resolve) => time.at(time.now() + tryAgainMs, resolve));
      }
    }
  }

  await register();
  return {
    async leave() {
      isOver = true;
      kept?.stop();
      await workers.leave(boot).catch(() => undefined); // If this fails, the reconciler finds the process silent.
    },
  };
}
