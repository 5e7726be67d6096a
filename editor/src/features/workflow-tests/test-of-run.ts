import type { LabelledValue, OutputAssertion, WorkflowTest } from '@heddle/core';

/** A longer text is not compared as a whole, because one changed word in an essay is not a failure. */
const longest = 400;

/** Makes a test from a run: its inputs, with its outputs as the expected ones. */
export function testOfRun(
  name: string,
  inputs: Readonly<Record<string, LabelledValue>>,
  outputs: Readonly<Record<string, unknown>>,
  error: string | undefined,
): WorkflowTest {
  return {
    name,
    inputs: Object.fromEntries(
      Object.entries(inputs).flatMap(([input, { value }]) => (value === undefined ? [] : [[input, value]])),
    ),
    expect: {
      outputs:
        error === undefined
          ? Object.fromEntries(Object.entries(outputs).flatMap(([output, value]) => assertionOf(output, value)))
          : {},
      error,
    },
  };
}

function assertionOf(output: string, value: unknown): readonly (readonly [string, OutputAssertion])[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= longest) return [[output, { equals: value }]];
  if (typeof value !== 'string') return [];
  const first = value.split('\n').find((line) => line.trim() !== '') ?? '';
  return [[output, { contains: first.slice(0, longest) }]];
}
