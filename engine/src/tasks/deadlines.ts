import { HeddleError } from '@heddle/core';
import type { Mailbox } from '../run/mailbox.js';
import type { RunClock } from '../timing/run-clock.js';
import type { Task } from '../run/run-tree.js';

/** If the wall clock differs by more than this from the steady clock, a person or a time service has set it. */
const mostDriftMs = 50;

interface Deadlines {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  abortCall(task: Task, error: HeddleError): void;
}

/** Starts the wall and the idle deadline of a call. A function that returns at once needs none. */
export function armTimers(run: Deadlines, task: Task): void {
  const { wallMs, idleMs } = task.node.run;
  if (wallMs !== undefined) {
    task.clock.begunAt = run.clock.steadyNow() - Math.max(0, run.clock.now() - task.startedAt);
    armWall(run, task, wallMs, wallMs);
  }
  if (idleMs !== undefined) armIdle(run, task, idleMs, idleMs);
}

function armWall(run: Deadlines, task: Task, wallMs: number, wait: number): void {
  onTime(run, task, wait, () => {
    const left = wallMs - task.clock.elapsed(run.clock.steadyNow());
    if (left > 0 || task.clock.isStopped) armWall(run, task, wallMs, Math.max(left, 50));
    else
      timeOut(
        run,
        task,
        new HeddleError(
          'node_timeout',
          `'${task.path}' took longer than ${wallMs / 1000} s: give it more time, or less to do.`,
          { details: { wallMs } },
        ),
      );
  });
}

function armIdle(run: Deadlines, task: Task, idleMs: number, wait: number): void {
  const ahead = run.clock.now() - run.clock.steadyNow();
  onTime(run, task, wait, () => {
    const now = run.clock.now();
    // Signs of life use the wall clock: if that was set meanwhile, the silence is measured from now on.
    const wasSet = Math.abs(now - run.clock.steadyNow() - ahead) > mostDriftMs;
    if (wasSet) task.noteAlive(now);
    const left = task.knownClock?.isStopped === true ? idleMs : idleMs - (now - task.aliveAt);
    if (left > 0) armIdle(run, task, idleMs, left);
    else
      timeOut(
        run,
        task,
        new HeddleError(
          'node_idle',
          `'${task.path}' gave no sign of life for ${idleMs / 1000} s: allow it a longer silence, or find out why it hangs.`,
          { details: { idleMs } },
        ),
      );
  });
}

function onTime(run: Deadlines, task: Task, wait: number, due: () => void): void {
  const { call } = task;
  const timer = run.clock.afterSpan(wait, () => {
    if (task.call === call && task.hasCall && task.verdict === undefined) due();
  });
  task.addTimer(timer);
}

function timeOut(run: Deadlines, task: Task, error: HeddleError): void {
  run.mailbox.command(() => {
    if (!task.hasCall || task.verdict !== undefined) return;
    task.decide(error);
    run.abortCall(task, error);
  });
}
