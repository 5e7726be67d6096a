import { HeddleError } from '../errors/heddle-error.js';
import { endOfString } from './end-of-string.js';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-signs.js';
import type { Steps } from './steps.js';

/** No document, filter or input of ours is so deep; what walks values calls itself, and would end in an overflow. */
const deepestJson = 500;

/** Most characters of a member's name, as it is written. */
const longestName = 4_096;

/**
 * How many values a JSON text may hold, members of objects and items of lists in all. To read a value, check it and store it takes
 * microseconds, so the numbers follow from what a server may do without a pause (docs/decisions/0022-bounds-of-bodies.md).
 */
export const mostValues = {
  /** Settings, names, rights, searches: what a person writes or a form sends. */
  usual: 20_000,
  /** What runs are given: inputs, messages, answers. */
  inputs: 50_000,
  /** Workflow documents, rows of a batch, documents of a collection: they are read piece by piece. */
  large: 400_000,
} as const;

/** Most members of one object, as many as a workflow has nodes: to list their names is work that cannot be divided. */
const widest = 10_000;

/** Characters that are looked at without a pause. */
const stretch = 2_000_000;

/**
 * Counts the values of a JSON text, and refuses a text that has too many of them, is too deep, or has an object too wide or a name too
 * long, before it is parsed. It looks at brackets, quotes, colons and commas only: what is no JSON is left to the parser. Commas and
 * opening brackets are counted, so an empty list or object counts twice.
 *
 * Errors: `bad_json` for what is too deep, `body_too_complex`.
 *
 * @example runThrough(countJson('[[1],[2]]', mostValues.usual)) // 4
 */
export function* countJson(text: string, most: number, mostMembers = widest): Steps<number> {
  /** Colons in each of the objects that are open; a list has none. */
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
        throw tooMuch(`an object of more than ${inWords(mostMembers)} members`, 'make a list of them, or send a file');
      if (stringEnd - stringStart > longestName + 1)
        throw tooMuch(
          `a member whose name is longer than ${inWords(longestName)} characters, '${text.slice(stringStart + 1, stringStart + 41)}…'`,
          'put long texts into values',
        );
    }
    if (values > most)
      throw tooMuch(`more than ${inWords(most)} members and items`, 'send less at once, or send a file');
    if (index >= pause) {
      pause = index + stretch;
      yield;
    }
  }
  return values;
}

const inWords = (count: number): string => count.toLocaleString('en');

function tooMuch(what: string, instead: string): HeddleError {
  return new HeddleError('body_too_complex', `The JSON has ${what}: ${instead}.`);
}
