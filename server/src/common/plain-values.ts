import type { LabelledValue } from '@heddle/core';

/** Labelled values by name, without their labels. */
export const plainValues = (values: Readonly<Record<string, LabelledValue>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]));
