import { forbiddenNames } from '../values/json/json.js';
import { invalidExpression, maxExpressionDepth, type BinaryOperator, type Expression } from './ast.js';
import { arityOf, functionNames } from './functions.js';
import { tokenize, type Token } from './tokenize.js';

/** Precedence of each operator; a higher one binds first. All operators are left-associative. */
const strengths: ReadonlyMap<string, { readonly operator: BinaryOperator; readonly strength: number }> = new Map(
  ([['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']] as const).flatMap(
    (operators, index) => operators.map((operator) => [operator, { operator, strength: index + 1 }] as const),
  ),
);
const unaryStrength = 7;

/**
 * Parses an expression such as `value.score >= 0.7 && "urgent" in value.tags`: literals, paths, comparisons, logic,
 * arithmetic, lists and a few functions. Errors: `expression_invalid` with the position.
 */
export function parseExpression(text: string): Expression {
  return new Parser(tokenize(text)).whole();
}

/** The parser's state: the position in the tokens and the current depth. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    if (this.#next().type === 'end')
      throw invalidExpression(0, 'it is empty: write a condition such as value.score > 0.5.');
    const expression = this.#expression(0);
    if (this.#next().type !== 'end')
      throw invalidExpression(
        this.#next().at,
        `'${String(this.#next().value)}' is unexpected, or an operator is missing before it.`,
      );
    return expression;
  }

  #expression(least: number): Expression {
    return this.#deeper(() => {
      let left = this.#prefix();
      // A chain such as a && b && c nests to the left. Each link counts as a level, so that the depth of the evaluation is limited too.
      for (let links = 0; ; links += 1) {
        const token = this.#next();
        const isOperator = token.type === 'sign' || (token.type === 'name' && token.value === 'in');
        const found = isOperator ? strengths.get(token.value) : undefined;
        if (found === undefined || found.strength <= least) return left;
        if (links + this.#depth > maxExpressionDepth) throw this.#tooDeep();
        this.#at += 1;
        left = {
          type: 'binary',
          operator: found.operator,
          left,
          right: this.#expression(found.strength),
          at: token.at,
        };
      }
    });
  }

  #prefix(): Expression {
    const token = this.#take();
    switch (token.type) {
      case 'number':
      case 'string':
        return { type: 'literal', value: token.value, at: token.at };
      case 'name':
        return this.#named(token.value, token.at);
      case 'sign':
        return this.#signed(token.value, token.at);
      case 'end':
        throw invalidExpression(token.at, 'it ends where a value is expected.');
    }
  }

  #signed(sign: string, at: number): Expression {
    if (sign === '!' || sign === '-')
      return { type: 'unary', operator: sign, operand: this.#expression(unaryStrength), at };
    if (sign === '(') {
      const inner = this.#expression(0);
      this.#expect(')');
      return inner;
    }
    if (sign === '[') return { type: 'list', items: this.#list(']'), at };
    throw invalidExpression(at, `'${sign}' is not a value: a value is expected here.`);
  }

  #named(name: string, at: number): Expression {
    if (name === 'true' || name === 'false') return { type: 'literal', value: name === 'true', at };
    if (name === 'null') return { type: 'literal', value: null, at };
    if (name === 'in') throw invalidExpression(at, "'in' is not a value: a value is expected here.");
    if (this.#next().type === 'sign' && this.#next().value === '(') return this.#call(name, at);
    return { type: 'path', path: this.#path(name), at };
  }

  #call(name: string, at: number): Expression {
    const arity = arityOf(name);
    if (arity === undefined)
      throw invalidExpression(at, `function '${name}' does not exist. Use one of ${functionNames.join(', ')}.`);
    this.#at += 1;
    const args = this.#list(')');
    if (args.length < arity.least || args.length > arity.most) {
      throw invalidExpression(
        at,
        `${name} takes ${arity.least === arity.most ? arity.least : `${arity.least} to ${arity.most}`} arguments, not ${args.length}.`,
      );
    }
    return { type: 'call', name, args, at };
  }

  #path(first: string): readonly (string | number)[] {
    const path: (string | number)[] = [first];
    for (;;) {
      if (this.#skip('.')) {
        const token = this.#take();
        if (token.type !== 'name') throw invalidExpression(token.at, "a name is expected after '.'.");
        path.push(token.value);
      } else if (this.#skip('[')) {
        path.push(this.#index());
        this.#expect(']');
      } else return path;
      if (path.length > 32) throw this.#tooDeep();
    }
  }

  #index(): string | number {
    const isNegative = this.#skip('-');
    const token = this.#take();
    if (token.type === 'number' && Number.isSafeInteger(token.value)) return isNegative ? -token.value : token.value;
    if (token.type === 'string' && !isNegative && !forbiddenNames.has(token.value)) return token.value;
    throw invalidExpression(token.at, 'write a whole number or a quoted name between [ and ].');
  }

  #list(close: ')' | ']'): readonly Expression[] {
    const items: Expression[] = [];
    if (this.#skip(close)) return items;
    do items.push(this.#expression(0));
    while (this.#skip(','));
    this.#expect(close);
    return items;
  }

  #deeper(read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > maxExpressionDepth) throw this.#tooDeep();
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #next(): Token {
    // The last token is always `end`, so reading never goes past it.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { type: 'end', value: '', at: 0 };
  }

  #take(): Token {
    const token = this.#next();
    this.#at += 1;
    return token;
  }

  #skip(sign: string): boolean {
    if (this.#next().type !== 'sign' || this.#next().value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#skip(sign))
      throw invalidExpression(
        this.#next().at,
        `'${sign}' is expected${this.#next().type === 'end' ? ' before the end' : `, not '${String(this.#next().value)}'`}.`,
      );
  }

  #tooDeep(): Error {
    return invalidExpression(this.#next().at, 'it is nested too deeply: split it, or use a code node.');
  }
}
