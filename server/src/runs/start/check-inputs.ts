import {
  defaultLabel,
  HeddleError,
  joinLabels,
  mostValues,
  sizeWithin,
  type ErrorCode,
  type Label,
  type LabelledValue,
  type PlanInterface,
} from '@heddle/core';
import { resolveRunInputs } from '@heddle/engine';

/** The limits for the inputs of a run. */
interface InputLimits {
  readonly maxBytes: number;
  /** True for a run of one node or from one node on: missing inputs stay missing. */
  readonly isPartial: boolean;
  /** True if `checkInputSizes` has checked the sizes already. */
  readonly isMeasured?: boolean;
  /** The label of the values; the default is the label for what a caller writes. */
  readonly label?: Label | undefined;
}

/**
 * Checks a run's inputs against the interface of the workflow, fills in defaults and labels the values. Errors: `input_unknown`,
 * `input_missing`, `input_empty`, `input_type`, `input_too_large`; `details.input` names the input.
 */
export function resolveInputs(
  inputs: Readonly<Record<string, unknown>>,
  planInterface: PlanInterface,
  limits: InputLimits,
): Record<string, LabelledValue> {
  if (limits.isMeasured !== true) checkInputSizes(inputs, limits.maxBytes);
  const label = limits.label === undefined ? defaultLabel : joinLabels(defaultLabel, limits.label);
  const labelled: Record<string, LabelledValue> = {};
  for (const [name, value] of Object.entries(inputs))
    if (value !== undefined && value !== null) labelled[name] = { value, label };
  const checked = resolveRunInputs(planInterface, labelled, limits.isPartial);
  for (const [name, { value }] of Object.entries(checked)) {
    if (typeof value !== 'string' || value.trim() !== '' || planInterface.inputs[name]?.isOptional === true) continue;
    throw refusal('input_empty', name, `The input '${name}' is empty: write something.`);
  }
  return checked;
}

/** Checks the sizes of a run's inputs. Errors: `input_too_large`. */
export function checkInputSizes(inputs: Readonly<Record<string, unknown>>, maxBytes: number): void {
  for (const [name, value] of Object.entries(inputs))
    if (value !== undefined && value !== null) checkSize(name, value, maxBytes);
}

/** Upper bounds in bytes of JSON: for a value, a number with its comma; for a character, an escape sequence. */
const mostOfValue = 30;
const mostOfCharacter = 6;

/**
 * Checks only the sizes, before any other work with the values. Files may still be data URLs here; their sizes are checked when they are
 * stored. Errors: `input_too_large`.
 */
export function checkSizes(
  inputs: Readonly<Record<string, unknown>>,
  { inputs: ports }: PlanInterface,
  maxBytes: number,
): void {
  for (const [name, port] of Object.entries(ports)) {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (value !== undefined && value !== null && !/^(?:File|Image)/.test(port.type)) checkSize(name, value, maxBytes);
  }
}

function checkSize(name: string, value: unknown, maxBytes: number): void {
  const { inputs: values } = mostValues;
  const counted = sizeWithin(value, { values, characters: Infinity });
  if (counted === undefined)
    throw refusal(
      'input_too_large',
      name,
      `The input '${name}' has more than ${values.toLocaleString('en')} members and items: put large tables into a file or a collection.`,
    );
  if (counted.values * mostOfValue + counted.characters * mostOfCharacter <= maxBytes) return;
  const size = Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  if (size <= maxBytes) return;
  throw refusal(
    'input_too_large',
    name,
    `The input '${name}' has ${size} bytes; at most ${maxBytes} are allowed: put long texts into a file or a collection.`,
  );
}

function refusal(code: ErrorCode, input: string, message: string): HeddleError {
  return new HeddleError(code, message, { details: { input } });
}
