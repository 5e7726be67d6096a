import { LabelLevel, type RouteCondition, type RouteFact } from '@heddle/core';

type Kind = 'level' | 'text' | 'number' | 'yes-no' | 'circuit';

/** A fact that a condition can test, with its title. */
interface FactText {
  readonly fact: RouteFact;
  readonly title: string;
  readonly kind: Kind;
  readonly unit?: string;
  /** Whether the fact describes the request or the candidate. */
  readonly of: 'request' | 'candidate';
}

export const routeFacts: readonly FactText[] = [
  { fact: 'label', title: 'Label of the data', kind: 'level', of: 'request' },
  { fact: 'language', title: 'Language', kind: 'text', of: 'request' },
  { fact: 'category', title: 'Category', kind: 'text', of: 'request' },
  { fact: 'difficulty', title: 'Difficulty', kind: 'number', unit: '0 to 1', of: 'request' },
  { fact: 'tokens', title: 'Length', kind: 'number', unit: 'tokens', of: 'request' },
  { fact: 'images', title: 'Has images', kind: 'yes-no', of: 'request' },
  { fact: 'tools', title: 'Needs tools', kind: 'yes-no', of: 'request' },
  { fact: 'schema', title: 'Needs a schema', kind: 'yes-no', of: 'request' },
  { fact: 'price', title: 'Price of the request', kind: 'number', unit: 'money', of: 'candidate' },
  { fact: 'latency', title: 'Measured latency, p95', kind: 'number', unit: 'ms', of: 'candidate' },
  { fact: 'first-token', title: 'Measured first token, p50', kind: 'number', unit: 'ms', of: 'candidate' },
  { fact: 'quality', title: 'Rated quality', kind: 'number', unit: '0 to 1', of: 'candidate' },
  { fact: 'budget-left', title: 'Remaining budget', kind: 'number', unit: 'money', of: 'candidate' },
  { fact: 'queue', title: 'Waiting calls', kind: 'number', unit: 'calls', of: 'candidate' },
  { fact: 'context', title: 'Context', kind: 'number', unit: 'tokens', of: 'candidate' },
  { fact: 'local', title: 'Runs locally', kind: 'yes-no', of: 'candidate' },
  { fact: 'circuit', title: 'Connection state', kind: 'circuit', of: 'candidate' },
];

const byFact = new Map(routeFacts.map((entry) => [entry.fact, entry]));

/** The title and kind of a fact. */
export function factLabel(fact: RouteFact): FactText {
  return byFact.get(fact) ?? { fact, title: fact, kind: 'text', of: 'request' };
}

export const operatorText: Readonly<Record<RouteCondition['is'], string>> = {
  equal: 'is',
  'not-equal': 'is not',
  'at-most': 'is at most',
  'at-least': 'is at least',
  'one-of': 'is one of',
};

const operatorsOf: Readonly<Record<Kind, readonly RouteCondition['is'][]>> = {
  level: ['at-most', 'at-least', 'equal', 'not-equal', 'one-of'],
  text: ['equal', 'not-equal', 'one-of'],
  number: ['at-most', 'at-least', 'equal'],
  'yes-no': ['equal'],
  circuit: ['equal', 'not-equal'],
};

/** The comparisons that a fact allows. */
export function operatorsFor(fact: RouteFact): readonly RouteCondition['is'][] {
  return operatorsOf[factLabel(fact).kind];
}

/** The possible values of a fact; undefined if any value is allowed. */
export function choicesFor(fact: RouteFact): readonly (readonly [string, string])[] | undefined {
  switch (factLabel(fact).kind) {
    case 'level':
      return LabelLevel.options.map((level) => [level, level]);
    case 'yes-no':
      return [
        ['true', 'yes'],
        ['false', 'no'],
      ];
    case 'circuit':
      return [
        ['closed', 'well'],
        ['half-open', 'retrying'],
        ['open', 'resting'],
      ];
    case 'text':
    case 'number':
      return undefined;
  }
}

/** A condition as text: `measured latency, p95 is at most 4,000 ms`. */
export function conditionText({ fact, is, value }: RouteCondition): string {
  const { title, unit } = factLabel(fact);
  const choices = new Map(choicesFor(fact));
  const values = (Array.isArray(value) ? value : [value]).map((one) => {
    const label = choices.get(String(one)) ?? (typeof one === 'number' ? one.toLocaleString('en') : String(one));
    return unit === 'money' ? `$${label}` : label;
  });
  const end = unit === undefined || unit === 'money' || unit === '0 to 1' ? '' : ` ${unit}`;
  return `${title.charAt(0).toLowerCase()}${title.slice(1)} ${operatorText[is]} ${values.join(', ')}${end}`;
}

const startValues: Readonly<Partial<Record<RouteFact, number>>> = { quality: 0.7, latency: 2000, difficulty: 0.5 };

/** A new condition on a fact, with its default comparison and value. */
export function freshCondition(fact: RouteFact): RouteCondition {
  const is = operatorsFor(fact)[0] ?? 'equal';
  switch (factLabel(fact).kind) {
    case 'level':
      return { fact, is, value: 'internal' };
    case 'yes-no':
      return { fact, is, value: true };
    case 'circuit':
      return { fact, is, value: 'closed' };
    case 'number':
      return { fact, is, value: startValues[fact] ?? 1000 };
    case 'text':
      return { fact, is, value: fact === 'language' ? 'en' : '' };
  }
}

/** The condition with another comparison. A single value becomes a list if the comparison takes one, and vice versa. */
export function withOperator(condition: RouteCondition, is: RouteCondition['is']): RouteCondition {
  const { value } = condition;
  if (is === 'one-of') return { ...condition, is, value: Array.isArray(value) ? value : [textOf(value)] };
  return { ...condition, is, value: Array.isArray(value) ? (value[0] ?? '') : value };
}

export function valueText({ value }: RouteCondition): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/**
 * The condition with a typed text, read by the kind of its fact. An invalid number stays a text, which is refused when the policy is saved.
 */
export function withText(condition: RouteCondition, text: string): RouteCondition {
  const { kind } = factLabel(condition.fact);
  if (condition.is === 'one-of')
    return {
      ...condition,
      value: text
        .split(',')
        .map((part) => part.trim())
        .filter((part, index, all) => part !== '' || index === all.length - 1),
    };
  if (kind === 'yes-no') return { ...condition, value: text === 'true' };
  if (kind === 'number') return { ...condition, value: text.trim() === '' ? '' : numberOr(text) };
  return { ...condition, value: text };
}

/** What is wrong with a condition; undefined if it is valid. */
export function conditionProblem({ fact, is, value }: RouteCondition): string | undefined {
  const { kind } = factLabel(fact);
  if (Array.isArray(value))
    return value.some((entry) => String(entry).trim() !== '') ? undefined : 'Enter at least one value.';
  if (kind === 'number' && typeof value !== 'number') return 'Enter a number.';
  if (kind === 'text' && String(value).trim() === '') return 'Enter a value.';
  return is === 'one-of' ? 'Enter a list.' : undefined;
}

const textOf = (value: string | number | boolean): string | number =>
  typeof value === 'boolean' ? String(value) : value;
const numberOr = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);
