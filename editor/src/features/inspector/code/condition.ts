/** The operator of a condition line. */
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

/** One line: a field, an operator and values. */
export interface ConditionRow {
  /** A path, or a function of one: `value.score`, `length(value)`. */
  readonly field: string;
  readonly operator: Operator;
  /** One for most operators, several for `in`, none for those without an operand. */
  readonly values: readonly Scalar[];
}

/** Lines that must all be true, or at least one. */
export interface Condition {
  readonly join: 'all' | 'any';
  readonly rows: readonly ConditionRow[];
}

/** Operators as text, in the order of the selection. */
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
  { operator: 'exists', words: 'exists', values: 'none' },
  { operator: 'missing', words: 'is missing', values: 'none' },
  { operator: 'holds', words: 'is true', values: 'none' },
  { operator: 'not-holds', words: 'is false', values: 'none' },
];

/** The number of values of an operator. */
export function valuesOf(operator: Operator): 'one' | 'many' | 'none' {
  return operators.find((entry) => entry.operator === operator)?.values ?? 'one';
}
