import {
  checkValueSteps,
  isSmallValue,
  type HeddleError,
  type LabelledValue,
  type RunAcceptance,
  type StepContext,
  type Steps,
} from '@heddle/core';
import type { EngineHost } from '../host.js';
import { idempotencyKey } from '../identity.js';
import type { RunStatus } from '../run/run-status.js';
import type { Task } from '../run/run-tree.js';
import type { Replay } from '../replay/replay.js';
import { withinStep } from '../replay/step-effects.js';
import type { HumanInputs } from '../suspension/human-inputs.js';
import { hasOpenProducer } from '../streams/stream-buffers.js';
import { noteAlive, type CallWriting } from './call-records.js';
import { untilAborted } from './until-aborted.js';

/** The parts of a run that steps use. */
export interface StepRunning extends CallWriting {
  readonly host: EngineHost;
  readonly acceptance: RunAcceptance;
  readonly status: RunStatus;
  readonly memory: { readonly replay: Replay | undefined };
  readonly requests: HumanInputs;
}

/** A call of a node's function, as its steps see it. */
interface OpenCall {
  readonly task: Task;
  readonly signal: AbortSignal;
  /** Throws if the call was given up or aborted. */
  check(): void;
  givenUp(): HeddleError;
  work<Result>(steps: Steps<Result>): Promise<Result>;
}

/** Runs a step once. A result in the journal is returned at once; a new result is journaled before the node goes on. */
export async function runStep<T>(
  run: StepRunning,
  call: OpenCall,
  key: string,
  effect: (step: StepContext) => Promise<T>,
): Promise<T> {
  const { task } = call;
  call.check();
  task.useKey(key);
  const known = task.history?.steps.get(key);
  if (known !== undefined) {
    task.raise(known.label);
    // The journal holds what this same step returned, so the type is right.
    return known.value as T;
  }
  await untilEffectsAllowed(run, call);
  await untilFlushed(run, call);
  run.host.checkEffects?.();
  const requests: string[] = [];
  const value = await doOnce(run, task, requests, () =>
    effect({ idempotencyKey: idempotencyKey(run.acceptance.rootId, task.path, key), signal: call.signal }),
  );
  call.check();
  if (!isSmallValue(value)) await call.work(checkValueSteps(value, `What '${task.path}' does in the step '${key}'`));
  const result = { value, label: task.label };
  await run.outbox.commitRecord({
    type: 'node-step',
    time: run.clock.now(),
    path: task.path,
    attempt: task.attempt,
    key,
    value: result,
    ...(requests.length === 0 ? {} : { effects: requests }),
  });
  task.remembers.steps.set(key, result);
  noteAlive(run, task);
  return value;
}

/** Does the work of a step and notes its effects. In a replay, the step ends with the recorded value at its first recorded effect. */
async function doOnce<T>(
  { memory }: Pick<StepRunning, 'memory'>,
  task: Task,
  requests: string[],
  work: () => Promise<T>,
): Promise<T> {
  if (memory.replay === undefined) return withinStep({ requests, serve: undefined }, work);
  return new Promise<T>((resolve, reject) => {
    const serve = ({ value, label }: LabelledValue): void => {
      task.raise(label);
      // The journal holds what this same step returned, so the type is right.
      resolve(value as T);
    };
    withinStep({ requests, serve }, work).then(resolve, reject);
  });
}

/**
 * Waits until the run's acceptance is on the disk and the producers of the node's streams have committed. Effects other than model calls
 * wait for both.
 */
export async function untilEffectsAllowed(run: { readonly status: RunStatus }, call: OpenCall): Promise<void> {
  const { stored } = run.status;
  if (stored !== undefined) await untilAborted(stored, call.signal, () => call.givenUp());
  if (!call.task.node.hasStreamInput) return;
  while (hasOpenProducer(call.task)) {
    await call.task.waitAtGate();
    call.check();
  }
}

/**
 * Waits until everything that the step depends on is on the disk. Otherwise a power loss could lose a result that the effect already used;
 * a different result would then go out under the same key.
 */
async function untilFlushed(run: { readonly host: EngineHost }, call: OpenCall): Promise<void> {
  const flushed = run.host.journal.flushed?.();
  if (flushed === undefined) return;
  await untilAborted(flushed, call.signal, () => call.givenUp());
  call.check();
}
