import { countJson } from './json-bounds.js';
import { readJson } from './read-json.js';
import { runThrough, type Steps } from './steps.js';

/** Up to so many values the platform's own parser is done in a few milliseconds. */
const mostAtOnce = 10_000;

/** So is it with a text up to this length. */
const longText = 1_000_000;

/** Where it matches, there may be a number that `JSON.parse` reads as infinity. */
const perhapsInfinite = /\d[eE]\+?\d{3}|(?<!\d)\d{309}/;

/**
 * Parses a JSON text of at most `most` values, at once. Everything that comes from outside goes through this or `parseJsonSteps`.
 *
 * Errors: `bad_json` for what is too deep or has a number that is too large, `body_too_complex`; a SyntaxError for what is no JSON.
 *
 * @example parseJson(line, mostValues.usual)
 */
export function parseJson(text: string, most: number, mostMembers?: number): unknown {
  runThrough(countJson(text, most, mostMembers));
  return perhapsInfinite.test(text) ? runThrough(readJson(text)) : JSON.parse(text);
}

/** The same in pieces: a text of many values is read so that others have their turn meanwhile. Errors: as `parseJson`. */
export function* parseJsonSteps(text: string, most: number, mostMembers?: number): Steps<unknown> {
  const values = yield* countJson(text, most, mostMembers);
  if (values > mostAtOnce || text.length > longText || perhapsInfinite.test(text)) return yield* readJson(text);
  return JSON.parse(text) as unknown;
}
