import { convertValue, isAssignable } from './is-assignable.js';
import { schemaOfType, type PortTypeName } from './port-type.js';

/**
 * Whether a bypassed node may hand on what an input of type `input` gets at an output of type `output`. An input of type Json
 * takes everything: there the value decides (`passThrough`).
 */
export function mayPassThrough(input: PortTypeName, output: PortTypeName): boolean {
  return input === 'Json' || isAssignable(input, output);
}

/**
 * A value on its way through a bypassed node, as the output gives it; undefined where it does not fit. It passes as a thread
 * would carry it: through an input of type Json by the type it had before (`from`), and where that is Json too, by what it is.
 *
 * @example passThrough('Why?', 'Text', 'Json', 'Text') // 'Why?': a text goes through the variable of a prompt
 */
export function passThrough(value: unknown, from: PortTypeName, input: PortTypeName, output: PortTypeName): unknown {
  const type = input === 'Json' ? from : input;
  if (type !== 'Json' || output === 'Json')
    return isAssignable(type, output) ? convertValue(convertValue(value, from, type), type, output) : undefined;
  if (schemaOfType(output).safeParse(value).success) return value;
  const scalar = scalarType(value);
  return scalar !== undefined && isAssignable(scalar, output) ? convertValue(value, scalar, output) : undefined;
}

function scalarType(value: unknown): PortTypeName | undefined {
  if (typeof value === 'string') return 'Text';
  if (typeof value === 'number') return 'Number';
  return typeof value === 'boolean' ? 'Boolean' : undefined;
}
