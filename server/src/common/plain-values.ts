import type { LabelledValue } from '@heddle/core';

/** Removes the labels from labelled values. */
export const plainValues = (values: Readonly<Record<string, LabelledValue>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
