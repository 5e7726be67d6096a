import { toErrorValue } from '@heddle/core';
import { continuesRuns, noEarlierRuns, readEarlierRuns, type EarlierRuns } from './recovery/earlier-runs.js';
import { openFrame, stopFrame } from './frame-flow.js';
import { createPresets, needsPresets } from './presets.js';
import { finish, writeEnd } from './run-end.js';
import { checkRunInputs } from './run-inputs.js';
import type { Runner } from './runner.js';

/** Begins a run, or goes on with one: reads seeds, checks inputs, opens the outermost frame. */
export function beginRun(runner: Runner): void {
  const { acceptance, past } = runner;
  if (past?.end !== undefined) {
    finish(runner, past.end.status, {
      ...(past.end.outputs === undefined ? {} : { outputs: past.end.outputs }),
      ...(past.end.error === undefined ? {} : { error: past.end.error }),
    });
    return;
  }
  // Before the runs before it are read: an answer that comes meanwhile must say that the run goes on (P3).
  if (past?.status === 'parked') runner.isDormant = true;
  if (!continuesRuns(runner)) {
    beginRoot(runner, noEarlierRuns);
    return;
  }
  readEarlierRuns(runner.host.journal, runner.plan, acceptance).then(
    (earlier) => runner.post({ type: 'command', run: () => beginRoot(runner, earlier) }),
    (error: unknown) => runner.post({ type: 'command', run: () => failAtOnce(runner, error) }),
  );
}

function beginRoot(runner: Runner, earlier: EarlierRuns): void {
  const { past } = runner;
  const time = runner.now();
  if (past === undefined || past.status === 'queued') runner.outbox.add({ type: 'run-start', time });
  else if (past.status === 'held') runner.outbox.add({ type: 'run-resume', time, reason: 'released' });
  else if (past.status !== 'parked') runner.outbox.add({ type: 'run-resume', time, reason: 'recovered' });
  runner.isRecovering = past?.status === 'queued' || past?.status === 'running';
  openRoot(runner, earlier);
}

function openRoot(runner: Runner, earlier: EarlierRuns): void {
  const { acceptance, past, plan } = runner;
  try {
    if (needsPresets(acceptance)) runner.presets = createPresets(plan, acceptance, earlier.origin);
    runner.unclear = earlier.unclear;
    const isPartial = acceptance.options.only !== undefined || acceptance.options.from !== undefined;
    const inputs = checkRunInputs(plan.interface, acceptance.inputs, isPartial);
    const root = openFrame(runner, plan, '', 0, inputs, undefined);
    const stop = runner.pendingStop ?? (past?.isCancelRequested === true ? { type: 'cancelled' as const } : undefined);
    if (stop !== undefined) stopFrame(runner, root, stop);
  } catch (error) {
    failAtOnce(runner, error);
  }
}

function failAtOnce(runner: Runner, error: unknown): void {
  writeEnd(runner, 'failed', { error: toErrorValue(error) });
}
