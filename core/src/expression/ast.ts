import { HeddleError } from '../errors/heddle-error.js';
import type { Path } from './path.js';

/** Maximum length of an expression in characters. */
export const maxExpressionLength = 4_096;
/** Maximum nesting of an expression, including chains of one operator. */
export const maxExpressionDepth = 200;

/** An operator with two operands. */
export type BinaryOperator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';
type UnaryOperator = '!' | '-';

/** A parsed expression as plain JSON. `at` is the index of its first character in the text. */
export type Expression =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null; readonly at: number }
  | { readonly type: 'path'; readonly path: Path; readonly at: number }
  | { readonly type: 'list'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly type: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly at: number }
  | {
      readonly type: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly at: number };

/** The error for an invalid expression: `what` is wrong at character `at`, which the message counts from 1. */
export function invalidExpression(at: number, what: string): HeddleError {
  return new HeddleError('expression_invalid', `At character ${at + 1} of the expression: ${what}`, {
    details: { position: at },
  });
}
