import {
  isAtMost,
  isPlainObject,
  jsonSchemaOf,
  sampleOf,
  schemaOfType,
  type LabelledValue,
  type LabelLevel,
  type PortDescription,
} from '@heddle/core';
import { withoutKeys } from './hidden-values.js';

/** An output as a builder sees it: the value, or its schema with a made-up value. */
export type ShownOutput =
  | { readonly label: LabelLevel; readonly value: unknown }
  | { readonly label: LabelLevel; readonly isHidden: true; readonly schema: object; readonly sample: unknown };

/** How many characters of a value are shown, and how deep. */
const mostText = 20_000;
const deepest = 20;

/** Shows an output up to the clearance; if no clearance is given, no value is shown. */
export function shownValue(
  port: PortDescription,
  { value, label }: LabelledValue,
  clearance: LabelLevel | undefined,
): ShownOutput {
  if (clearance !== undefined && isAtMost(label.level, clearance))
    return { label: label.level, value: cleaned(value, 0) };
  return {
    label: label.level,
    isHidden: true,
    schema: port.schema ?? jsonSchemaOf(schemaOfType(port.type)),
    sample: sampleOf(port),
  };
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutKeys(value.slice(0, mostText));
  if (depth > deepest) return '…';
  if (Array.isArray(value)) return value.slice(0, 1_000).map((entry: unknown) => cleaned(entry, depth + 1));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, cleaned(entry, depth + 1)]));
}
