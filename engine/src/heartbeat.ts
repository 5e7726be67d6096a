import type { Runner } from './runner.js';

/** While functions are out, each gives a sign of life now and then. */
export function beat(runner: Runner): void {
  if (runner.nextBeat !== undefined || runner.running === 0 || runner.outcome !== undefined) return;
  runner.nextBeat = runner.afterSpan(runner.host.beatMs ?? 5_000, () => {
    runner.nextBeat = undefined;
    const time = runner.now();
    for (const frame of runner.frames.values()) {
      for (const task of frame.tasks)
        if (task?.isLive === true)
          runner.outbox.live({ type: 'node-beat', runId: runner.runId, time, path: task.path, attempt: task.attempt });
    }
    beat(runner);
  });
}
