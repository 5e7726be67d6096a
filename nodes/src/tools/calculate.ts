import { HeddleError } from '@heddle/core';

const functions: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  round: Math.round,
  floor: Math.floor,
  ceil: Math.ceil,
  ln: Math.log,
  log: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
};

/**
 * Evaluates arithmetic: `+ - * / % ^`, brackets, `pi`, `e` and functions of one number. Errors: `expression_invalid`.
 *
 * @example calculate('2 * (3 + 4)^2') // 98
 */
export function calculate(text: string): number {
  const tokens = text.match(/\d+(?:\.\d+)?(?:e[+-]?\d+)?|[a-z]+|\S/gi) ?? [];
  if (text.length > 1_000 || tokens.length === 0) throw invalid(text);
  let at = 0;
  let depth = 0;
  const take = (token: string): boolean => tokens[at] === token && (at += 1) > 0;
  const sum = (): number => {
    let value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else return value;
    }
  };
  const product = (): number => {
    let value = signed();
    for (;;) {
      if (take('*')) value *= signed();
      else if (take('/')) value /= signed();
      else if (take('%')) value %= signed();
      else return value;
    }
  };
  const signed = (): number => {
    if (take('+')) return deeper(signed);
    return take('-') ? -deeper(signed) : power();
  };
  const power = (): number => {
    const base = operand();
    return take('^') ? base ** deeper(signed) : base;
  };
  const deeper = (part: () => number): number => {
    depth += 1;
    if (depth > 100) throw invalid(text);
    const value = part();
    depth -= 1;
    return value;
  };
  const operand = (): number => {
    const token = tokens[at] ?? '';
    at += 1;
    if (token === '(') {
      const value = deeper(sum);
      if (!take(')')) throw invalid(text);
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    const name = token.toLowerCase();
    if (name === 'pi') return Math.PI;
    if (name === 'e') return Math.E;
    const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (apply === undefined || tokens[at] !== '(') throw invalid(text);
    return apply(operand());
  };
  const value = sum();
  if (at < tokens.length || !Number.isFinite(value)) throw invalid(text);
  return value;
}

const invalid = (text: string): HeddleError =>
  new HeddleError('expression_invalid', `'${text.slice(0, 80)}' is not a valid arithmetic expression.`);
