import { isSameValue } from '../../diff/diff-fields.js';
import { passOrFail, shorten, type Score } from './score.js';

/** How texts are normalised before a comparison. */
interface TextOptions {
  readonly ignoreCase?: boolean;
  /** White space at the ends is removed, and inside it counts as one space. */
  readonly ignoreSpace?: boolean;
}

function comparable(text: string, { ignoreCase = false, ignoreSpace = false }: TextOptions): string {
  if (!ignoreCase && !ignoreSpace) return text;
  const composed = text.normalize('NFC');
  const spaced = ignoreSpace ? composed.trim().replace(/\s+/g, ' ') : composed;
  return ignoreCase ? spaced.toLowerCase() : spaced;
}

const shown = (value: unknown): string =>
  shorten(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));

/**
 * Whether an answer equals the expected one. The order of keys does not matter.
 *
 * @example exactMatch('Paris', 'paris', { ignoreCase: true }).score // 1
 */
export function exactMatch(answer: unknown, expected: unknown, options: TextOptions = {}): Score {
  const areTexts = typeof answer === 'string' && typeof expected === 'string';
  const isSame = areTexts
    ? comparable(answer, options) === comparable(expected, options)
    : isSameValue(answer, expected);
  if (isSame) return { score: 1, explanation: 'The answer equals the expected one.' };
  return { score: 0, explanation: `It is ${shown(answer)}, not ${shown(expected)}.` };
}

/** Returns the share of the parts that a text contains; 1 without parts. */
export function containsParts(text: string, parts: readonly string[], options: TextOptions = {}): Score {
  const whole = comparable(text, options);
  const missing = parts.filter((part) => !whole.includes(comparable(part, options)));
  return {
    score: parts.length === 0 ? 1 : (parts.length - missing.length) / parts.length,
    explanation:
      missing.length === 0
        ? 'The answer contains all parts.'
        : `It does not contain ${missing.map((part) => `'${shorten(part)}'`).join(', ')}.`,
  };
}

/**
 * Tests whether a text matches a pattern; undefined if that takes too long. Some patterns take years even on a short text, so the caller
 * must pass a matcher with a time limit, as the server does.
 */
export type PatternMatcher = (pattern: string, text: string) => boolean | undefined;

/**
 * Whether a text matches a regular expression. Throws if the pattern is invalid or takes too long, because that says nothing about the
 * answer.
 */
export function matchesPattern(text: string, pattern: string, match: PatternMatcher): Score {
  const isMatch = match(pattern, text);
  if (isMatch === undefined)
    throw new RangeError(`The pattern ${shorten(pattern)} takes too long on this text: simplify it`);
  return passOrFail(isMatch, `The answer matches ${shorten(pattern)}.`, `It does not match ${shorten(pattern)}.`);
}

/** The allowed deviation of a number: an absolute distance, or a share of the expected number. Meeting either is enough. */
interface NumberTolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/**
 * Whether the number in an answer is close to the expected one, compared like Python's `math.isclose`. In a text, the only number counts; a
 * text with several numbers fails.
 *
 * @example numberWithin('It costs 1,299.50 euros.', 1300, { absolute: 1 }).score // 1
 */
export function numberWithin(
  answer: unknown,
  expected: number,
  { absolute = 0, relative = 0 }: NumberTolerance = {},
): Score {
  if (!Number.isFinite(expected)) throw new RangeError(`The expected number is ${expected}`);
  const numbers = typeof answer === 'number' ? [answer] : numbersIn(typeof answer === 'string' ? answer : '');
  const [found, ...others] = numbers;
  if (found === undefined || !Number.isFinite(found))
    return { score: 0, explanation: `There is no number in ${shown(answer)}.` };
  if (others.length > 0)
    return { score: 0, explanation: `There are several numbers: ${numbers.slice(0, 5).join(', ')}.` };
  const reach = Math.max(absolute, relative * Math.max(Math.abs(found), Math.abs(expected)));
  // The difference of two decimal numbers, such as 0.3 - 0.2, can be slightly larger than the exact one.
  const isNear = Math.abs(found - expected) <= reach * (1 + 1e-12) + Math.abs(expected) * 1e-15;
  return passOrFail(isNear, `${found} is near enough to ${expected}.`, `${found} is not near enough to ${expected}.`);
}

/** Numbers in digits, with thousands separators (commas), a decimal point and an exponent. */
function numbersIn(text: string): readonly number[] {
  const pattern =
    /(?<![\w.])[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)\.\d+|(?<!\d)\.\d+|(?<=\d))(?:[eE][-+]?\d{1,3})?/g;
  return [...text.matchAll(pattern)].map(([number]) => Number(number.replaceAll(',', '').replace('\u2212', '-')));
}
