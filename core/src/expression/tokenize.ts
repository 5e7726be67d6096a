import { forbiddenNames } from '../values/json/json.js';
import { invalidExpression, maxExpressionLength } from './ast.js';

/** A token of an expression. */
export type Token =
  | { readonly type: 'number'; readonly value: number; readonly at: number }
  | { readonly type: 'string'; readonly value: string; readonly at: number }
  | { readonly type: 'name'; readonly value: string; readonly at: number }
  | { readonly type: 'sign'; readonly value: string; readonly at: number }
  | { readonly type: 'end'; readonly value: ''; readonly at: number };

const signs = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '!',
  '+',
  '-',
  '*',
  '/',
  '%',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
];
const spacePattern = /\s*/y;
const numberPattern = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const namePattern = /[A-Za-z_]\w*/y;
const escapes = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** Splits an expression into tokens in one pass. Errors: `expression_invalid` with the position. */
export function tokenize(text: string): readonly Token[] {
  if (text.length > maxExpressionLength)
    throw invalidExpression(
      maxExpressionLength,
      `it is longer than ${maxExpressionLength} characters: use a code node instead.`,
    );
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(spacePattern, text, at).length;
    if (at >= text.length) break;
    const token = readToken(text, at);
    tokens.push(token.token);
    at = token.end;
  }
  tokens.push({ type: 'end', value: '', at: text.length });
  return tokens;
}

function readToken(text: string, at: number): { readonly token: Token; readonly end: number } {
  const character = text[at] ?? '';
  if (character === '"' || character === "'") return readString(text, at, character);
  const number = match(numberPattern, text, at);
  if (number !== '') {
    const value = Number(number);
    if (!Number.isFinite(value)) throw invalidExpression(at, `the number ${number.slice(0, 40)} is too large.`);
    return { token: { type: 'number', value, at }, end: at + number.length };
  }
  const name = match(namePattern, text, at);
  if (name !== '') {
    if (forbiddenNames.has(name)) throw invalidExpression(at, `'${name}' is not allowed as a name.`);
    return { token: { type: 'name', value: name, at }, end: at + name.length };
  }
  const sign = signs.find((candidate) => text.startsWith(candidate, at));
  if (sign === undefined) throw invalidExpression(at, unknownSign(character));
  return { token: { type: 'sign', value: sign, at }, end: at + sign.length };
}

function readString(text: string, at: number, quote: string): { readonly token: Token; readonly end: number } {
  let value = '';
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === quote) return { token: { type: 'string', value, at }, end: index + 1 };
    if (character === '\\') {
      index += 1;
      const escaped = text[index] ?? '';
      value += escapes.get(escaped) ?? escaped;
    } else value += character;
  }
  throw invalidExpression(at, `the text has no closing ${quote}.`);
}

function unknownSign(character: string): string {
  if (character === '=') return 'use == to compare.';
  if (character === '&' || character === '|') return `use ${character}${character}.`;
  return `'${character}' is unexpected here.`;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
