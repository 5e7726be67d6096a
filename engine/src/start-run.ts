import { HeddleError, type RunEvent } from '@heddle/core';
import type { PastRun } from './recovery/history.js';
import type { AcceptedRun, EngineHost, RunHandle } from './host.js';
import { snapshotOf } from './run/take-snapshot.js';
import { readPast } from './recovery/resume.js';
import { cancelRun } from './run/run-end.js';
import { wakeSleeper } from './suspension/waking.js';
import { Runner } from './runner.js';

/**
 * Starts an accepted run. It proceeds by itself; the handle controls it.
 *
 * @example const { done } = startRun(host, { plan, acceptance }); const { status, outputs } = await done;
 */
export function startRun(host: EngineHost, run: AcceptedRun): RunHandle {
  return handleOf(host, run, undefined);
}

/**
 * Continues a run from its events. Completed work is not repeated; executions that were running start again under the same idempotency
 * keys.
 */
export function resumeRun(host: EngineHost, run: AcceptedRun, events: readonly RunEvent[]): RunHandle {
  return handleOf(host, run, readPast(events));
}

function handleOf(host: EngineHost, run: AcceptedRun, past: PastRun | undefined): RunHandle {
  const runner = new Runner(host, run, past);
  const { runId } = runner;
  let hasLeft = false;
  const done = runner.live().then((outcome) => {
    hasLeft = true;
    return outcome;
  });
  const command = (work: () => void): void => {
    if (!hasLeft) runner.mailbox.command(work);
  };
  return {
    runId,
    done,
    cancel: (by, reason, fault) =>
      new Promise((resolve) => {
        command(() => cancelRun(runner, { by, reason, fault }, () => resolve(true)));
        void done.then(() => resolve(false));
      }),
    snapshot: () => snapshotOf(runner),
    pause: (pause) => command(() => runner.stopAll({ type: 'paused', ...pause })),
    answer: (requestId, answer) =>
      new Promise((resolve, reject) => {
        const leave = (): void =>
          reject(new HeddleError('conflict', `Run '${runId}' is not in memory any more: resume it, then answer.`));
        if (hasLeft) {
          leave();
          return;
        }
        let isSettled = false;
        runner.mailbox.command(() =>
          runner.requests.answer(requestId, answer, (error) => {
            isSettled = true;
            if (error === undefined) resolve();
            else reject(error);
          }),
        );
        void done.then(() => {
          if (!isSettled) leave();
        });
      }),
    wake: (path) => command(() => wakeSleeper(runner, path)),
    release: async () => {
      command(() => {
        runner.outbox.isClosed = true;
        runner.stopAll({ type: 'released' });
      });
      await done;
    },
  };
}
