import type { PlanBundle } from '@heddle/core';

/** Whether a node of a workflow reads or writes the thread of its run. */
export type UsesThread = (bundle: PlanBundle) => boolean;

/** Injects the `UsesThread` check. */
export const USES_THREAD = Symbol('uses-thread');
