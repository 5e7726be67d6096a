import { toErrorValue, type HeddleError } from '@heddle/core';
import { checkFrame, stopFrame } from './frame-flow.js';
import { closeNested } from './nested.js';
import type { Batch } from './outbox.js';
import { finish } from './run-end.js';
import type { Runner } from './runner.js';

/** A journal that cannot be written is tried again while that may help, else the run stops where it is. */
export function onRefusal(runner: Runner, batch: Batch, error: HeddleError): void {
  if (error.retryable && runner.journalTries < 10) {
    runner.journalTries += 1;
    runner.journalError = error;
    runner.outbox.inFlight += 1;
    const again = (): void => {
      runner.outbox.inFlight -= 1;
      runner.outbox.send(batch);
    };
    runner.afterSpan(Math.min(30_000, 250 * 2 ** runner.journalTries), () =>
      runner.post({ type: 'command', run: again }),
    );
    return;
  }
  runner.outbox.isClosed = true;
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
