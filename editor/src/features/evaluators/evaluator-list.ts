import type { EvaluatorPreset, EvaluatorSetup } from '@heddle/core';

/** The name of an evaluator's metric. */
export const nameOf = ({ name, kind }: Pick<EvaluatorSetup, 'name' | 'kind'>): string => name ?? kind;

/** A name for another evaluator of the same kind; the first one needs none. */
export function freeName(kind: string, others: readonly EvaluatorSetup[]): { readonly name?: string } {
  const taken = new Set(others.map(nameOf));
  if (!taken.has(kind)) return {};
  let number = 2;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return { name: `${kind}-${number}` };
}

/** Adds the evaluators of a preset that are missing in the list. */
export function withPreset(
  value: readonly EvaluatorSetup[],
  { evaluators }: Pick<EvaluatorPreset, 'evaluators'>,
): readonly EvaluatorSetup[] {
  const kinds = new Set(value.map(({ kind }) => kind));
  return [...value, ...evaluators.filter(({ kind }) => !kinds.has(kind))];
}

/** What is wrong with a name; undefined for a valid name. */
export const nameProblem = (name: string): string | undefined =>
  name === '' || /^[a-z][a-z0-9-]{0,59}$/.test(name)
    ? undefined
    : 'Lower-case letters, digits and -, at most 60, starting with a letter';
