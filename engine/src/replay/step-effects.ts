import type { LabelledValue } from '@heddle/core';
import { AsyncLocalStorage } from 'node:async_hooks';

/** The effects of a step that is running. */
interface StepEffects {
  /** Each as `resource.method sha256:<hex>`. */
  readonly requests: string[];
  /** In a replay: ends the step with the recorded value. */
  readonly serve: ((value: LabelledValue) => void) | undefined;
}

// A node may run several steps at once, so the step of a request is found through the asynchronous context of the call.
const current = new AsyncLocalStorage<StepEffects>();

/** The step that the running code belongs to. */
export const currentStep = (): StepEffects | undefined => current.getStore();

/** Does the work of a step, so that requests made in it are noted in `effects`. */
export function withinStep<T>(effects: StepEffects, work: () => Promise<T>): Promise<T> {
  return current.run(effects, work);
}
