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

/** What an effect of a node needs of the run. */
export interface StepRunning extends CallWriting {
  readonly host: EngineHost;
  readonly acceptance: RunAcceptance;
  readonly status: RunStatus;
  readonly memory: { readonly replay: Replay | undefined };
  readonly requests: HumanInputs;
}

/** One call of a node's function, as its effects see it. */
interface OpenCall {
  readonly task: Task;
  readonly signal: AbortSignal;
  /** Errors: why the call was given up or aborted. */
  check(): void;
  /** Why the call was given up or aborted. */
  givenUp(): HeddleError;
  /** Does long work in pieces. */
  work<Result>(steps: Steps<Result>): Promise<Result>;
}

/** Does an effect once: what the journal has of it is given back, and what it gives is journaled before the node goes on. */
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
    // The journal gives back what this same step recorded.
    return known.value as T;
  }
  await mayReachOut(run, call);
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

/** Does the work of a step and notes its effects. In a replay, the first effect that was recorded ends it with the recorded value. */
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
      // The journal gives back what this same step recorded.
      resolve(value as T);
    };
    withinStep({ requests, serve }, work).then(resolve, reject);
  });
}

/** Effects other than model calls wait until the disk has the run's acceptance and the producers of the streams have committed. */
export async function mayReachOut(run: { readonly status: RunStatus }, call: OpenCall): Promise<void> {
  const { stored } = run.status;
  if (stored !== undefined) await untilAborted(stored, call.signal, () => call.givenUp());
  if (!call.task.node.hasStreamInput) return;
  while (hasOpenProducer(call.task)) {
    await call.task.waitAtGate();
    call.check();
  }
}

/**
 * What a step is made from is on the disk before it goes out. Otherwise a power loss could take a result that was computed once, and
 * another one would go out under the same key.
 */
async function untilFlushed(run: { readonly host: EngineHost }, call: OpenCall): Promise<void> {
  const flushed = run.host.journal.flushed?.();
  if (flushed === undefined) return;
  await untilAborted(flushed, call.signal, () => call.givenUp());
  call.check();
}
