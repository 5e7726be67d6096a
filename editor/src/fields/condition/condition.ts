/** What a condition of one line compares a field by. */
export type Operator =
  | '=='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'in'
  | 'contains'
  | 'not-contains'
  | 'startsWith'
  | 'endsWith'
  | 'matches'
  | 'empty'
  | 'not-empty'
  | 'exists'
  | 'missing'
  | 'holds'
  | 'not-holds';

export type Scalar = string | number | boolean | null;

/** One line: a field, how it is compared, and with what. */
export interface ConditionRow {
  /** A path, or a function of one: `value.score`, `length(value)`. */
  readonly field: string;
  readonly operator: Operator;
  /** One for most operators, several for `in`, none for those that ask of the field alone. */
  readonly values: readonly Scalar[];
}

/** Lines that must all hold, or of which one must. */
export interface Condition {
  readonly join: 'all' | 'any';
  readonly rows: readonly ConditionRow[];
}

/** Operators in words, in the order they are offered. */
export const operators: readonly {
  readonly operator: Operator;
  readonly words: string;
  readonly values: 'one' | 'many' | 'none';
}[] = [
  { operator: '==', words: 'is', values: 'one' },
  { operator: '!=', words: 'is not', values: 'one' },
  { operator: '>', words: 'is more than', values: 'one' },
  { operator: '>=', words: 'is at least', values: 'one' },
  { operator: '<', words: 'is less than', values: 'one' },
  { operator: '<=', words: 'is at most', values: 'one' },
  { operator: 'contains', words: 'contains', values: 'one' },
  { operator: 'not-contains', words: 'does not contain', values: 'one' },
  { operator: 'in', words: 'is one of', values: 'many' },
  { operator: 'startsWith', words: 'starts with', values: 'one' },
  { operator: 'endsWith', words: 'ends with', values: 'one' },
  { operator: 'matches', words: 'matches pattern', values: 'one' },
  { operator: 'empty', words: 'is empty', values: 'none' },
  { operator: 'not-empty', words: 'is not empty', values: 'none' },
  { operator: 'exists', words: 'is there', values: 'none' },
  { operator: 'missing', words: 'is missing', values: 'none' },
  { operator: 'holds', words: 'holds', values: 'none' },
  { operator: 'not-holds', words: 'does not hold', values: 'none' },
];

/** How many values an operator takes. */
export function valuesOf(operator: Operator): 'one' | 'many' | 'none' {
  return operators.find((entry) => entry.operator === operator)?.values ?? 'one';
}
