import { RoutePolicy } from '@heddle/core';
import { conditionProblem } from './route-facts.js';

export type Candidate = RoutePolicy['candidates'][number];

export const preferText: Readonly<Record<RoutePolicy['prefer'], string>> = {
  order: 'The first in order',
  cheapest: 'The cheapest',
  fastest: 'The fastest',
  best: 'The best rated',
};

/** The policy with which a new form starts. It has one candidate. */
export const freshPolicy: RoutePolicy = {
  name: '',
  candidates: [{ model: '', when: [] }],
  prefer: 'order',
  explore: 0,
};

/** An example: confidential data stays on this machine, everything else goes to a frontier model. */
export const examplePolicy: RoutePolicy = {
  name: 'local-when-confidential',
  candidates: [
    {
      model: 'openai/gpt-5-mini',
      note: 'Only data that may leave.',
      when: [{ fact: 'label', is: 'at-most', value: 'internal' }],
    },
    { model: 'smollm2-135m', note: 'On this machine, for everything else.', when: [] },
  ],
  prefer: 'order',
  explore: 0,
};

/** The problems of a policy by path: `name`, `candidates.0.model`, `candidates.0.when.1`. Empty if the policy is valid. */
export function policyProblems(policy: RoutePolicy): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  if (policy.name.trim() === '') problems['name'] = 'Enter a name. Route nodes use it.';
  policy.candidates.forEach((candidate, index) => {
    if (candidate.model.trim() === '') problems[`candidates.${index}.model`] = 'Select a model.';
    candidate.when.forEach((condition, at) => {
      const problem = conditionProblem(condition);
      if (problem !== undefined) problems[`candidates.${index}.when.${at}`] = problem;
    });
  });
  if (Object.keys(problems).length > 0) return problems;
  for (const { path, message } of RoutePolicy.safeParse(policy).error?.issues ?? []) problems[path.join('.')] = message;
  return problems;
}

/** The list with one entry moved to another position. */
export function moved<Entry>(list: readonly Entry[], from: number, to: number): Entry[] {
  const entry = list[from];
  if (entry === undefined || to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), entry, ...rest.slice(to)];
}
