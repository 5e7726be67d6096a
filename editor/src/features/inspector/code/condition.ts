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

/** A line of a condition: a field, an operator and its values. */
export interface ConditionRow {
  /** A path or a function of a path, such as `value.score` or `length(value)`. */
  readonly field: string;
  readonly operator: Operator;
  /** One value for most operators, several for `in`, none for operators without an operand. */
  readonly values: readonly Scalar[];
}

/** A condition as lines. All of them must be true, or at least one. */
export interface Condition {
  readonly join: 'all' | 'any';
  readonly rows: readonly ConditionRow[];
}

/** The operators with their texts, in the order of the menu. */
export const operators: readonly {
  readonly operator: Operator;
  readonly text: string;
  readonly values: 'one' | 'many' | 'none';
}[] = [
  { operator: '==', text: 'is', values: 'one' },
  { operator: '!=', text: 'is not', values: 'one' },
  { operator: '>', text: 'is more than', values: 'one' },
  { operator: '>=', text: 'is at least', values: 'one' },
  { operator: '<', text: 'is less than', values: 'one' },
  { operator: '<=', text: 'is at most', values: 'one' },
  { operator: 'contains', text: 'contains', values: 'one' },
  { operator: 'not-contains', text: 'does not contain', values: 'one' },
  { operator: 'in', text: 'is one of', values: 'many' },
  { operator: 'startsWith', text: 'starts with', values: 'one' },
  { operator: 'endsWith', text: 'ends with', values: 'one' },
  { operator: 'matches', text: 'matches pattern', values: 'one' },
  { operator: 'empty', text: 'is empty', values: 'none' },
  { operator: 'not-empty', text: 'is not empty', values: 'none' },
  { operator: 'exists', text: 'exists', values: 'none' },
  { operator: 'missing', text: 'is missing', values: 'none' },
  { operator: 'holds', text: 'is true', values: 'none' },
  { operator: 'not-holds', text: 'is false', values: 'none' },
];

/** How many values an operator takes. */
export function valuesOf(operator: Operator): 'one' | 'many' | 'none' {
  return operators.find((entry) => entry.operator === operator)?.values ?? 'one';
}
