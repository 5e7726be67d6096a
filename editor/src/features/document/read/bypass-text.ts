import { errorPortName, isAssignable, mayPassThrough } from '@heddle/core';
import type { NodePorts } from './ports-of.js';

/** Says which values pass through a bypassed node. It uses the same rule as a run. */
export function bypassText({ inputs, outputs }: NodePorts): string {
  const pairs = outputs
    .filter(({ name }) => name !== errorPortName)
    .flatMap((output) => inputs.map((input) => [input.type, output.type] as const));
  if (pairs.some(([input, output]) => isAssignable(input, output))) return 'Bypassed: values pass through';
  if (pairs.some(([input, output]) => mayPassThrough(input, output))) return 'Bypassed: matching values pass through';
  return 'Bypassed: no value can pass through';
}
