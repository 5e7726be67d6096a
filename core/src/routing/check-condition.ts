import { LabelLevel } from '../labels/label.js';
import type { RouteFact } from './route-fact.js';

interface WrittenCondition {
  readonly fact: RouteFact;
  readonly is: string;
  readonly value: string | number | boolean | readonly (string | number)[];
}

/** The comparisons and values that a fact allows. */
interface Kind {
  readonly operators: readonly string[];
  readonly text: string;
  fits(value: string | number | boolean): boolean;
}

const oneOf = (values: readonly string[], operators: readonly string[]): Kind => ({
  operators,
  text: `one of ${values.join(', ')}`,
  fits: (value) => values.includes(String(value)),
});
const equality = ['equal', 'not-equal', 'one-of'];
const order = ['at-most', 'at-least', ...equality];
const level = oneOf(LabelLevel.options, order);
const circuit = oneOf(['closed', 'open', 'half-open'], equality);
const number: Kind = { operators: order, text: 'a number', fits: (value) => typeof value === 'number' };
const yesNo: Kind = {
  operators: ['equal', 'not-equal'],
  text: 'true or false',
  fits: (value) => typeof value === 'boolean',
};
const text: Kind = {
  operators: equality,
  text: 'a text',
  fits: (value) => typeof value === 'string' && value.trim() !== '',
};

/** Explains what is wrong with a condition; undefined if it is valid. It only refuses conditions that are always true or never true. */
export function checkCondition({
  fact,
  is,
  value,
}: WrittenCondition): { readonly field: 'is' | 'value'; readonly message: string } | undefined {
  const kind = kindOf(fact);
  if (!kind.operators.includes(is))
    return { field: 'is', message: `'${fact}' is ${kind.text}: use one of ${kind.operators.join(', ')}.` };
  if ((is === 'one-of') !== Array.isArray(value))
    return { field: 'value', message: is === 'one-of' ? "'one-of' takes a list." : `'${is}' takes a single value.` };
  const values: readonly (string | number | boolean)[] = typeof value === 'object' ? value : [value];
  if (values.length === 0) return { field: 'value', message: "'one-of' takes a list with at least one value." };
  return values.every((entry) => kind.fits(entry))
    ? undefined
    : { field: 'value', message: `The value of '${fact}' must be ${kind.text}.` };
}

function kindOf(fact: RouteFact): Kind {
  switch (fact) {
    case 'label':
      return level;
    case 'circuit':
      return circuit;
    case 'language':
    case 'category':
      return text;
    case 'images':
    case 'tools':
    case 'schema':
    case 'local':
      return yesNo;
    case 'tokens':
    case 'difficulty':
    case 'context':
    case 'price':
    case 'latency':
    case 'first-token':
    case 'quality':
    case 'budget-left':
    case 'queue':
      return number;
  }
}
