import { errorPortName, isAssignable, type PortDescription } from '@heddle/core';

/** An output and an input that it can be connected to. */
interface PortPair {
  readonly output: PortDescription;
  readonly input: PortDescription;
}

/**
 * The ports by which one node obviously follows another: the first output that fits a required input, or else any input. Among its inputs,
 * one of the same type is preferred. Undefined if no ports match.
 */
export function obviousPair(
  outputs: readonly PortDescription[],
  inputs: readonly PortDescription[],
): PortPair | undefined {
  const pairs = outputs
    .filter(({ name }) => name !== errorPortName)
    .flatMap((output) =>
      inputs.filter((input) => isAssignable(output.type, input.type)).map((input): PortPair => ({ output, input })),
    );
  const isSame = ({ output, input }: PortPair): boolean => output.type === input.type;
  const required = pairs.filter(({ input }) => !input.isOptional);
  const [first] = required.length > 0 ? required : pairs;
  const own = (required.length > 0 ? required : pairs).filter(({ output }) => output === first?.output);
  return own.find(isSame) ?? first;
}
