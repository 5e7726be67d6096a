import { invalidExpression, type BinaryOperator, type Expression } from './ast.js';
import { equalValues } from './equal-values.js';
import { asText, callFunction, holds, kindOf, maxTextLength, numberOf } from './functions.js';
import { readPath, type Path } from './path.js';

/** The variables of an expression, by name. */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * Evaluates an expression. A path to a missing value is null; an unknown variable is an error.
 * Errors: `expression_invalid` with the position.
 *
 * @example evaluateExpression(parseExpression('value.score > 0.5'), { value: { score: 0.7 } }) // true
 */
export function evaluateExpression(expression: Expression, scope: Scope): unknown {
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'path':
      return readScope(expression.path, scope, expression.at);
    case 'list':
      return expression.items.map((item) => evaluateExpression(item, scope));
    case 'unary': {
      const operand = evaluateExpression(expression.operand, scope);
      return expression.operator === '!' ? !isTrue(operand) : -numberOf(operand, expression.at);
    }
    case 'binary':
      return binary(expression, scope);
    case 'call':
      return callFunction(
        expression.name,
        expression.args.map((argument) => evaluateExpression(argument, scope)),
        expression.at,
      );
  }
}

/** Whether a value counts as true: every value except null, false, 0 and the empty text. */
export function isTrue(value: unknown): boolean {
  return (
    value !== null && value !== undefined && value !== false && value !== 0 && value !== '' && !Number.isNaN(value)
  );
}

/** Every path in an expression, in order and with duplicates. */
export function expressionPaths(expression: Expression): readonly Path[] {
  const paths: Path[] = [];
  const open: Expression[] = [expression];
  while (open.length > 0) {
    const next = open.pop();
    if (next === undefined) break;
    if (next.type === 'path') paths.push(next.path);
    else if (next.type === 'list') open.push(...next.items.toReversed());
    else if (next.type === 'call') open.push(...next.args.toReversed());
    else if (next.type === 'unary') open.push(next.operand);
    else if (next.type === 'binary') open.push(next.right, next.left);
  }
  return paths;
}

function readScope(path: Path, scope: Scope, at: number): unknown {
  const [first] = path;
  if (typeof first !== 'string' || !Object.hasOwn(scope, first)) {
    throw invalidExpression(
      at,
      `'${String(first)}' is unknown. Use one of ${Object.keys(scope).slice(0, 20).join(', ')}, or put a text in quotes.`,
    );
  }
  const found = readPath(scope, path);
  return found.found ? found.value : null;
}

function binary({ operator, left, right, at }: Extract<Expression, { type: 'binary' }>, scope: Scope): unknown {
  const first = evaluateExpression(left, scope);
  // The right side is evaluated only if it is needed.
  if (operator === '&&') return isTrue(first) ? evaluateExpression(right, scope) : first;
  if (operator === '||') return isTrue(first) ? first : evaluateExpression(right, scope);
  const second = evaluateExpression(right, scope);
  if (operator === '==') return equalValues(first, second);
  if (operator === '!=') return !equalValues(first, second);
  if (operator === 'in') return holds(second, first, at);
  if (operator === '+' && (typeof first === 'string' || typeof second === 'string')) return joined(first, second, at);
  if (operator === '<' || operator === '<=' || operator === '>' || operator === '>=')
    return isOrdered(operator, first, second, at);
  return arithmetic(operator, numberOf(first, at), numberOf(second, at), at);
}

function joined(first: unknown, second: unknown, at: number): string {
  const text = asText(first, at) + asText(second, at);
  if (text.length > maxTextLength)
    throw invalidExpression(at, `the result is longer than ${maxTextLength} characters.`);
  return text;
}

/** Compares numbers by size and texts alphabetically. A missing value is neither smaller nor larger than any other. */
function isOrdered(operator: '<' | '<=' | '>' | '>=', first: unknown, second: unknown, at: number): boolean {
  if (first === null || second === null) return false;
  const areTexts = typeof first === 'string' && typeof second === 'string';
  if (!areTexts && !(typeof first === 'number' && typeof second === 'number')) {
    throw invalidExpression(
      at,
      `${kindOf(first)} cannot be compared with ${kindOf(second)}: convert both with number(…) or with text(…).`,
    );
  }
  if (operator === '<') return first < second;
  if (operator === '<=') return first <= second;
  return operator === '>' ? first > second : first >= second;
}

function arithmetic(
  operator: Exclude<BinaryOperator, '&&' | '||' | '==' | '!=' | 'in' | '<' | '<=' | '>' | '>='>,
  first: number,
  second: number,
  at: number,
): number {
  if ((operator === '/' || operator === '%') && second === 0)
    throw invalidExpression(at, 'division by 0 is not possible: check with != 0 first.');
  const result =
    operator === '+'
      ? first + second
      : operator === '-'
        ? first - second
        : operator === '*'
          ? first * second
          : operator === '/'
            ? first / second
            : first % second;
  if (!Number.isFinite(result)) throw invalidExpression(at, 'the resulting number is too large.');
  return result;
}
