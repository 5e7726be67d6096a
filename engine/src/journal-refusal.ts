import { isStoreFault, toErrorValue, type HeddleError } from '@heddle/core';
import { checkFrame, stopFrame } from './frame-flow.js';
import { closeNested } from './nested.js';
import type { Batch } from './outbox.js';
import { finish } from './run-end.js';
import type { Runner } from './runner.js';

/** Tries of a batch before the run leaves memory: two and a half minutes in all. */
const mostTries = 10;

/**
 * A store that has a fault is asked again while that may help, and what follows the batch waits. After any other refusal, such as a
 * value that cannot be written, and after the last try, the run stops where it is: the host decides what becomes of it.
 */
export function onRefusal(runner: Runner, batch: Batch, error: HeddleError): void {
  if (isStoreFault(error) && runner.journalTries < mostTries) {
    runner.journalTries += 1;
    runner.journalError = error;
    runner.outbox.isWaiting = true;
    const again = (): void => {
      runner.outbox.isWaiting = false;
      runner.outbox.send(batch);
    };
    runner.afterSpan(Math.min(30_000, 250 * 2 ** runner.journalTries), () =>
      runner.post({ type: 'command', run: again }),
    );
    return;
  }
  runner.outbox.giveUp();
  runner.lost = error;
  for (const frame of [...runner.frames.values()]) {
    frame.committing = 0;
    if (frame.isFinished) closeNested(runner, frame);
    for (const task of frame.tasks)
      if (task?.afterNested !== undefined)
        runner.post({ type: 'outcome', task, call: task.call, outcome: task.afterNested });
  }
  const root = runner.frames.get('');
  if (root === undefined || root.isFinished) finish(runner, 'held', { error: toErrorValue(error) });
  else if (root.stop === undefined) stopFrame(runner, root, { type: 'lost', error });
  else checkFrame(runner, root);
}
