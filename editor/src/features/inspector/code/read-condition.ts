import { parseExpression, type Expression } from '@heddle/core';
import type { Condition, ConditionRow, Operator, Scalar } from './condition.js';
import { writePath } from './write-condition.js';

const comparisons: ReadonlySet<string> = new Set<Operator>(['==', '!=', '>', '>=', '<', '<=']);
const pairs: ReadonlySet<string> = new Set<Operator>(['contains', 'startsWith', 'endsWith', 'matches']);
const opposites: Readonly<Partial<Record<Operator, Operator>>> = {
  contains: 'not-contains',
  empty: 'not-empty',
  exists: 'missing',
  holds: 'not-holds',
};

/**
 * Parses a condition into lines. Undefined if lines cannot express it, for example with brackets around a part, arithmetic, or a field on
 * both sides.
 *
 * @example readCondition('value.score >= 0.7') // { join: 'all', rows: [{ field: 'value.score', operator: '>=', values: [0.7] }] }
 */
export function readCondition(text: string): Condition | undefined {
  const expression = parsed(text);
  if (expression === undefined) return undefined;
  const join = expression.type === 'binary' && expression.operator === '||' ? 'any' : 'all';
  const parts = split(expression, join === 'any' ? '||' : '&&');
  const rows = parts.map(rowOf);
  return rows.every((row) => row !== undefined) ? { join, rows } : undefined;
}

function parsed(text: string): Expression | undefined {
  try {
    return parseExpression(text);
  } catch {
    return undefined;
  }
}

/** The operands of a chain of the same operator. */
function split(expression: Expression, operator: '&&' | '||'): readonly Expression[] {
  return expression.type === 'binary' && expression.operator === operator
    ? [...split(expression.left, operator), ...split(expression.right, operator)]
    : [expression];
}

function rowOf(expression: Expression): ConditionRow | undefined {
  if (expression.type === 'unary' && expression.operator === '!') {
    const row = rowOf(expression.operand);
    const operator = row === undefined ? undefined : opposites[row.operator];
    return row === undefined || operator === undefined ? undefined : { ...row, operator };
  }
  if (expression.type === 'call') return rowOfCall(expression.name, expression.args) ?? fieldRow(expression);
  if (expression.type !== 'binary') return fieldRow(expression);
  const field = fieldOf(expression.left);
  if (field === undefined) return undefined;
  if (expression.operator === 'in') {
    const values = expression.right.type === 'list' ? expression.right.items.map(scalarOf) : undefined;
    return values?.every((value) => value !== undefined) === true ? { field, operator: 'in', values } : undefined;
  }
  const value = scalarOf(expression.right);
  return isComparison(expression.operator) && value !== undefined
    ? { field, operator: expression.operator, values: [value] }
    : undefined;
}

function rowOfCall(name: string, args: readonly Expression[]): ConditionRow | undefined {
  const [first, second] = args;
  const field = first === undefined ? undefined : fieldOf(first);
  if (field === undefined) return undefined;
  if (name === 'isEmpty') return { field, operator: 'empty', values: [] };
  if (name === 'exists') return { field, operator: 'exists', values: [] };
  const value = second === undefined ? undefined : scalarOf(second);
  return isPair(name) && value !== undefined ? { field, operator: name, values: [value] } : undefined;
}

/** The line for a field without an operator, which must be true. */
function fieldRow(expression: Expression): ConditionRow | undefined {
  const field = fieldOf(expression);
  return field === undefined ? undefined : { field, operator: 'holds', values: [] };
}

/** A path, or a function of one path. */
function fieldOf(expression: Expression): string | undefined {
  if (expression.type === 'path') return writePath(expression.path);
  if (
    expression.type !== 'call' ||
    expression.args.length !== 1 ||
    expression.name === 'isEmpty' ||
    expression.name === 'exists'
  )
    return undefined;
  const [inner] = expression.args;
  return inner?.type === 'path' ? `${expression.name}(${writePath(inner.path)})` : undefined;
}

function scalarOf(expression: Expression): Scalar | undefined {
  if (expression.type === 'literal') return expression.value;
  if (expression.type !== 'unary' || expression.operator !== '-' || expression.operand.type !== 'literal')
    return undefined;
  return typeof expression.operand.value === 'number' ? -expression.operand.value : undefined;
}

function isComparison(operator: string): operator is Operator {
  return comparisons.has(operator);
}

function isPair(name: string): name is Operator {
  return pairs.has(name);
}
