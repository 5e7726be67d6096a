import { errorPortName, isAssignable, type PortDescription } from '@heddle/core';

/** An output and an input that fit. */
export interface PortPair {
  readonly output: PortDescription;
  readonly input: PortDescription;
}

/**
 * The ports by which one node obviously follows another: the first output with a required input that takes it, else with an input of the
 * same type, else with any that takes it. Undefined where none fits.
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
  const [first] = required;
  return (
    required.find((pair) => pair.output === first?.output && isSame(pair)) ?? first ?? pairs.find(isSame) ?? pairs[0]
  );
}
