import { isPlainObject } from '../values/json/json.js';
import { invalidExpression } from './ast.js';
import { matchesPattern } from './match-pattern.js';

/** A function of the expression language. Values are JSON; a missing value is null. */
interface ExpressionFunction {
  readonly least: number;
  readonly most: number;
  call(args: readonly unknown[], at: number): unknown;
}

/** Maximum length of a text that an expression creates. */
export const maxTextLength = 10_000_000;

const unaryText = (change: (text: string) => string): ExpressionFunction => ({
  least: 1,
  most: 1,
  call: ([value], at) => change(textOf(value, at)),
});
const textPair = (holds: (text: string, part: string) => boolean): ExpressionFunction => ({
  least: 2,
  most: 2,
  call: ([text, part], at) => text !== null && holds(textOf(text, at), textOf(part, at)),
});
const extreme = (choose: (a: number, b: number) => number): ExpressionFunction => ({
  least: 1,
  most: 100,
  call: (args, at) => {
    const [first] = args;
    const numbers: readonly unknown[] = args.length === 1 && Array.isArray(first) ? first : args;
    return numbers.length === 0 ? null : numbers.map((value) => numberOf(value, at)).reduce(choose);
  },
});

const functions = new Map<string, ExpressionFunction>([
  ['length', { least: 1, most: 1, call: ([value], at) => lengthOf(value, at) }],
  ['lower', unaryText((text) => text.toLowerCase())],
  ['upper', unaryText((text) => text.toUpperCase())],
  ['trim', unaryText((text) => text.trim())],
  ['contains', { least: 2, most: 2, call: ([whole, part], at) => holds(whole, part, at) }],
  ['startsWith', textPair((text, part) => text.startsWith(part))],
  ['endsWith', textPair((text, part) => text.endsWith(part))],
  ['matches', textPair(matchesPattern)],
  ['number', { least: 1, most: 1, call: ([value], at) => toNumber(value, at) }],
  ['text', { least: 1, most: 1, call: ([value], at) => asText(value, at) }],
  ['isEmpty', { least: 1, most: 1, call: ([value]) => isEmpty(value) }],
  ['exists', { least: 1, most: 1, call: ([value]) => value !== null }],
  [
    'round',
    {
      least: 1,
      most: 2,
      call: ([value, digits], at) => round(numberOf(value, at), digits === undefined ? 0 : numberOf(digits, at)),
    },
  ],
  ['abs', { least: 1, most: 1, call: ([value], at) => Math.abs(numberOf(value, at)) }],
  ['min', extreme((a, b) => Math.min(a, b))],
  ['max', extreme((a, b) => Math.max(a, b))],
]);

/** The names of all functions. */
export const functionNames: readonly string[] = [...functions.keys()];

/** The minimum and maximum number of arguments of a function; undefined if it does not exist. */
export function arityOf(name: string): { readonly least: number; readonly most: number } | undefined {
  return functions.get(name);
}

/** Calls a function. Errors: `expression_invalid`. */
export function callFunction(name: string, args: readonly unknown[], at: number): unknown {
  const found = functions.get(name);
  if (found === undefined) throw invalidExpression(at, `function '${name}' does not exist.`);
  return found.call(args, at);
}

/** Any value as text: a text itself, an empty text for null, JSON for lists and objects. */
export function asText(value: unknown, at: number): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    throw invalidExpression(at, 'the value is nested too deeply to be converted to text.');
  }
}

/** Returns a number unchanged; for any other value, throws an error that names its kind. */
export function numberOf(value: unknown, at: number): number {
  if (typeof value === 'number') return value;
  throw invalidExpression(
    at,
    `a number is expected, not ${kindOf(value)}${typeof value === 'string' ? ': use number(…)' : ''}.`,
  );
}

/** The kind of a value as text. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'a missing value';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object'
    ? 'an object'
    : typeof value === 'string'
      ? 'a text'
      : typeof value === 'boolean'
        ? 'true or false'
        : `a ${typeof value}`;
}

/** Whether a text contains a part, a list contains an item, or an object contains a key. */
export function holds(whole: unknown, part: unknown, at: number): boolean {
  if (whole === null || whole === undefined) return false;
  if (typeof whole === 'string') return whole.includes(textOf(part, at));
  if (Array.isArray(whole)) return whole.includes(part);
  if (isPlainObject(whole)) return typeof part === 'string' && Object.hasOwn(whole, part);
  throw invalidExpression(at, `a text, list or object is expected, not ${kindOf(whole)}.`);
}

function textOf(value: unknown, at: number): string {
  if (typeof value === 'string') return value;
  throw invalidExpression(at, `a text is expected, not ${kindOf(value)}${value === null ? '' : ': use text(…)'}.`);
}

function lengthOf(value: unknown, at: number): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (isPlainObject(value)) return Object.keys(value).length;
  throw invalidExpression(at, `only a text, list or object has a length, not ${kindOf(value)}.`);
}

function toNumber(value: unknown, at: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number =
    typeof value === 'string' && value.trim() !== '' && value.length < 400 ? Number(value.trim()) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw invalidExpression(
    at,
    typeof value === 'string' ? `'${value.slice(0, 40)}' is not a number.` : `${kindOf(value)} is not a number.`,
  );
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return isPlainObject(value) && Object.keys(value).length === 0;
}

function round(value: number, digits: number): number {
  const factor = 10 ** Math.max(0, Math.min(12, Math.trunc(digits)));
  const scaled = Math.round(value * factor) / factor;
  return Number.isFinite(scaled) ? scaled : value;
}
