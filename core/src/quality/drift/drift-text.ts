import type { DriftFinding } from './drift.js';

const share = (value = 0): string => `${Math.round(value * 1_000) / 10} %`;
const amount = (value = 0): string => String(Number(value.toPrecision(3)));

/**
 * Describes a difference in plain language. The text contains only numbers, names of nodes and fixed phrases, never values of runs.
 * @example 'Answers are longer: 310 characters, before 120'
 */
export function driftText({ kind, before = 0, now = 0, route }: DriftFinding): string {
  const isMore = now >= before;
  switch (kind) {
    case 'inputs':
      return 'Inputs differ in meaning';
    case 'retrieval':
      return `Passages fit ${isMore ? 'better' : 'worse'}: top score ${amount(now)}, before ${amount(before)}`;
    case 'refusals':
      return `Refusals are ${isMore ? 'more' : 'less'} frequent: ${share(now)}, before ${share(before)}`;
    case 'input-length':
      return `Inputs are ${isMore ? 'longer' : 'shorter'}: ${amount(now)} characters, before ${amount(before)}`;
    case 'answer-length':
      return `Answers are ${isMore ? 'longer' : 'shorter'}: ${amount(now)} characters, before ${amount(before)}`;
    case 'routes': {
      const name = route === undefined || route === '' ? 'no node is skipped' : `${route} skipped`;
      return `Runs take other routes: ${name} in ${share(now)}, before ${share(before)}`;
    }
  }
}
