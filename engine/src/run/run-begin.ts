import { fromErrorValue, type RunEventOf } from '@heddle/core';
import type { AcceptedRun, EngineHost, RunOutcome } from '../host.js';
import type { Lifecycle } from './lifecycle.js';
import type { Mailbox } from './mailbox.js';
import { nothingRecorded, readRecordedRun } from '../replay/recorded-run.js';
import { createReplayPresets } from '../replay/replay-presets.js';
import type { Outbox } from './outbox.js';
import { createPresets, needsPresets } from '../presets.js';
import { continuesRuns, noEarlierRuns, readEarlierRuns, type EarlierRuns } from '../recovery/earlier-runs.js';
import { Reuse } from '../reuse/reuse.js';
import type { RunMemory } from '../recovery/run-memory.js';
import type { RunClock } from '../timing/run-clock.js';
import { resolveRunInputs } from './run-inputs.js';
import type { RunStatus } from './run-status.js';
import type { Outputs } from '../scheduler/scheduler-types.js';
import type { Stop } from './stop.js';

interface RunBeginning {
  readonly memory: RunMemory;
  readonly status: RunStatus;
  /** Reads the runs that this one continues, then opens the outermost frame. */
  beginRoot(): void;
  finish(status: RunOutcome['status'], details: Pick<RunOutcome, 'outputs' | 'error'>): void;
}

/** Begins or continues a run: reads the runs that it continues, checks the inputs and opens the outermost frame. */
export function beginRun(run: RunBeginning): void {
  const { past } = run.memory;
  if (past?.end !== undefined) {
    const { status, outputs, error } = past.end;
    run.finish(status, { outputs, error });
    return;
  }
  // Set before earlier runs are read: an answer that arrives meanwhile must record that the run goes on.
  if (past?.status === 'suspended') run.status.isDormant = true;
  run.beginRoot();
}

/** Reads the runs that a run continues, if any, and opens the outermost frame. */
export function beginRoot(run: {
  readonly host: Pick<EngineHost, 'journal' | 'compile' | 'reuse'>;
  readonly memory: RunMemory;
  readonly accepted: AcceptedRun;
  readonly mailbox: Mailbox;
  openRoot(earlier: EarlierRuns): void;
  failAtOnce(error: unknown): void;
}): void {
  const { plan, acceptance } = run.accepted;
  const { replay: mode } = acceptance;
  if (mode !== undefined) {
    const reading = mode.of === undefined ? Promise.resolve(nothingRecorded) : readRecordedRun(run.host, mode.of);
    reading.then(
      (recorded) =>
        run.mailbox.command(() => {
          run.memory.replay = { mode, recorded };
          run.openRoot(noEarlierRuns);
        }),
      (error: unknown) => run.mailbox.command(() => run.failAtOnce(error)),
    );
    return;
  }
  const sharing = needsPresets(acceptance) ? undefined : run.host.reuse?.of(acceptance);
  const continues = continuesRuns(run.accepted);
  if (!continues && sharing === undefined) {
    run.openRoot(noEarlierRuns);
    return;
  }
  const reading = continues ? readEarlierRuns(run.host.journal, plan, acceptance) : noEarlierRuns;
  Promise.all([reading, sharing]).then(
    ([earlier, shared]) =>
      run.mailbox.command(() => {
        run.memory.shared = shared;
        run.openRoot(earlier);
      }),
    (error: unknown) => run.mailbox.command(() => run.failAtOnce(error)),
  );
}

interface RootOpening {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly accepted: AcceptedRun;
  readonly memory: RunMemory;
  advance: Lifecycle['advance'];
  recordBegin(): void;
  /** Opens the outermost frame. If the run was stopped before, stops the frame at once. */
  openRootFrame(inputs: Outputs): void;
  failAtOnce(error: unknown): void;
}

/** Collects the known results of a run, checks its inputs and opens the outermost frame. */
export function openRoot(run: RootOpening, earlier: EarlierRuns): void {
  run.recordBegin();
  const { plan, acceptance } = run.accepted;
  try {
    if (needsPresets(acceptance)) run.memory.presets = createPresets(plan, acceptance, earlier.origin);
    const { replay, shared } = run.memory;
    if (replay !== undefined) run.memory.presets = createReplayPresets(run, replay);
    if (shared !== undefined) {
      run.memory.reuse = new Reuse(run, shared);
      run.memory.presets = run.memory.reuse.presets;
    }
    run.memory.unclear = earlier.unclear;
    const isPartial = acceptance.options.only !== undefined || acceptance.options.from !== undefined;
    run.openRootFrame(resolveRunInputs(plan.interface, acceptance.inputs, isPartial));
  } catch (error) {
    run.failAtOnce(error);
  }
}

/** Records that the run begins, or why it continues. */
export function recordBegin(run: {
  readonly clock: RunClock;
  readonly outbox: Outbox;
  readonly memory: RunMemory;
  readonly status: RunStatus;
}): void {
  const status = run.memory.past?.status ?? 'queued';
  const time = run.clock.now();
  if (status === 'queued') run.outbox.add({ type: 'run-start', time });
  else if (status === 'paused') run.outbox.add({ type: 'run-resume', time, reason: 'released' });
  else if (status !== 'suspended') run.outbox.add({ type: 'run-resume', time, reason: 'recovered' });
  run.status.isRecovering = run.memory.past !== undefined && (status === 'queued' || status === 'running');
}

/** How the run stops, if an earlier process had the request to cancel it or gave it up. */
export function stopOf(request: RunEventOf<'cancel-request'> | undefined): Stop | undefined {
  if (request === undefined) return undefined;
  const { code, reason: message = 'The run was given up.' } = request;
  if (code === undefined) return { type: 'cancelled' };
  return { type: 'cancelled', error: fromErrorValue({ code, message, retryable: false }) };
}
