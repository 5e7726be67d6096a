import { convertValue, isAssignable } from './is-assignable.js';
import { schemaOfType, type PortTypeName } from './port-type.js';

/**
 * Whether a bypassed node may pass a value from an input of type `input` to an output of type `output`. A Json input accepts every value,
 * so the value itself decides later (see `passThrough`).
 */
export function mayPassThrough(input: PortTypeName, output: PortTypeName): boolean {
  return input === 'Json' || isAssignable(input, output);
}

/**
 * Returns the value that a bypassed node passes from an input to an output; undefined if it does not fit. It converts like an edge. For a
 * Json input, the type of the connected output (`from`) decides; if that is also Json, the value itself decides.
 *
 * @example passThrough('Why?', 'Text', 'Json', 'Text') // 'Why?': a text passes through the variable of a prompt
 */
export function passThrough(value: unknown, from: PortTypeName, input: PortTypeName, output: PortTypeName): unknown {
  const type = input === 'Json' ? from : input;
  if (type !== 'Json' || output === 'Json')
    return isAssignable(type, output) ? convertValue(convertValue(value, from, type), type, output) : undefined;
  if (schemaOfType(output).safeParse(value).success) return value;
  const scalar = scalarType(value);
  return scalar !== undefined && isAssignable(scalar, output) ? convertValue(value, scalar, output) : undefined;
}

/** Returns the port type of a text, a number or a boolean; undefined for other values. */
export function scalarType(value: unknown): 'Text' | 'Number' | 'Boolean' | undefined {
  if (typeof value === 'string') return 'Text';
  if (typeof value === 'number') return 'Number';
  return typeof value === 'boolean' ? 'Boolean' : undefined;
}
