import { HeddleError } from '../../errors/heddle-error.js';
import { endOfString } from '../end-of-string.js';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-signs.js';
import type { Steps } from '../steps.js';

/** Maximum depth. Real documents are far less deep, and a much deeper value would overflow the stack of recursive code. */
const deepestJson = 500;

/** Maximum number of characters in a member name. */
const longestName = 4_096;

/**
 * Maximum number of values in a JSON text: object members and list items together. Reading, checking and storing a value takes
 * microseconds, so these limits also bound the time for which other work is blocked (docs/decisions/0022-bounds-of-bodies.md).
 */
export const mostValues = {
  /** For settings, names, grants and searches: small requests from people and forms. */
  usual: 20_000,
  /** For run inputs: values, messages and answers. */
  inputs: 50_000,
  /** For workflow documents, batch rows and documents of a collection, which are read in steps. */
  large: 400_000,
} as const;

/**
 * Maximum number of members of one object, which is also the maximum number of nodes in a workflow. Listing the member names of an object
 * cannot be split into steps.
 */
const widest = 10_000;

/** Number of characters to scan between two pauses. */
const stretch = 2_000_000;

/**
 * Counts the values of a JSON text before it is parsed. Refuses a text with too many values, too many levels, too many members in one
 * object, or a member name that is too long. It reads only brackets, quotes, colons and commas, and does not check that the text is valid
 * JSON. It counts commas and opening brackets, so an empty list or object counts twice.
 *
 * Errors: `bad_json` if it is too deep, `body_too_complex`.
 *
 * @example runThrough(countJson('[[1],[2]]', mostValues.usual)) // 4
 */
export function* countJson(text: string, most: number, mostMembers = widest): Steps<number> {
  /** Number of members of each open object. */
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
