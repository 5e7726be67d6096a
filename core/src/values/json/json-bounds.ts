import { HeddleError } from '../../errors/heddle-error.js';
import { endOfString } from '../end-of-string.js';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-signs.js';
import type { Steps } from '../steps.js';

/** Maximum depth. Real documents are far below it, and recursive code would overflow the stack on a much deeper value. */
const deepestJson = 500;

/** Maximum characters of a member name in the text. */
const longestName = 4_096;

/**
 * Maximum number of values in a JSON text: members of objects and items of lists together. Reading, checking and storing a value takes
 * microseconds, so these limits bound the time without a pause (docs/decisions/0022-bounds-of-bodies.md).
 */
export const mostValues = {
  /** Settings, names, rights, searches: small requests from people and forms. */
  usual: 20_000,
  /** Inputs of runs: values, messages, answers. */
  inputs: 50_000,
  /** Workflow documents, rows of a batch, documents of a collection: they are read in steps. */
  large: 400_000,
} as const;

/** Maximum members of one object, the same as the maximum nodes of a workflow. Listing the names of an object cannot be split. */
const widest = 10_000;

/** Characters to scan between two pauses. */
const stretch = 2_000_000;

/**
 * Counts the values of a JSON text before it is parsed, and refuses a text with too many values, too many levels, too many members in
 * one object, or a too long name. It reads only brackets, quotes, colons and commas and does not check that the text is valid JSON. It
 * counts commas and opening brackets, so an empty list or object counts twice.
 *
 * Errors: `bad_json` if it is too deep, `body_too_complex`.
 *
 * @example runThrough(countJson('[[1],[2]]', mostValues.usual)) // 4
 */
export function* countJson(text: string, most: number, mostMembers = widest): Steps<number> {
  /** Number of members of each open object; undefined for a list. */
  const members: number[] = [];
  let values = 0;
  let stringStart = 0;
  let stringEnd = 0;
  let pause = stretch;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text.charCodeAt(index);
    if (sign === quote) {
      stringStart = index;
      index = endOfString(text, index, stretch);
      while (index < text.length && text.charCodeAt(index) !== quote) {
        yield;
        index = endOfString(text, index - 1, stretch);
      }
      stringEnd = index;
    } else if (sign === comma) values += 1;
    else if (sign === openBrace || sign === openBracket) {
      values += 1;
      if (members.push(0) > deepestJson)
        throw new HeddleError('bad_json', `The JSON is nested more than ${deepestJson} levels deep.`);
    } else if (sign === closeBrace || sign === closeBracket) members.pop();
    else if (sign === colon) {
      const count = (members.pop() ?? 0) + 1;
      members.push(count);
      if (count > mostMembers)
        throw tooMuch(`an object of more than ${formatCount(mostMembers)} members`, 'use a list, or send a file');
      if (stringEnd - stringStart > longestName + 1)
        throw tooMuch(
          `a member whose name is longer than ${formatCount(longestName)} characters, '${text.slice(stringStart + 1, stringStart + 41)}…'`,
          'move long texts from names to values',
        );
    }
    if (values > most)
      throw tooMuch(`more than ${formatCount(most)} members and items`, 'send fewer values at once, or send a file');
    if (index >= pause) {
      pause = index + stretch;
      yield;
    }
  }
  return values;
}

const formatCount = (count: number): string => count.toLocaleString('en');

function tooMuch(what: string, instead: string): HeddleError {
  return new HeddleError('body_too_complex', `The JSON has ${what}: ${instead}.`);
}
