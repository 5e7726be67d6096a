import { countJson } from './json-bounds.js';
import { readJson } from './read-json.js';
import { runThrough, type Steps } from '../steps.js';

/** `JSON.parse` takes only a few milliseconds for up to this number of values. */
const mostAtOnce = 10_000;

/** `JSON.parse` takes only a few milliseconds up to this text length. */
const longText = 1_000_000;

/** Matches every text with a number that `JSON.parse` may read as infinity. */
const perhapsInfinite = /\d[eE]\+?\d{3}|(?<!\d)\d{309}/;

/**
 * Parses a JSON text of at most `most` values in one step. All JSON from outside must use this or `parseJsonSteps`.
 *
 * Errors: `bad_json` for too many levels or a number that is too large, `body_too_complex`; a SyntaxError for invalid JSON.
 *
 * @example parseJson(line, mostValues.usual)
 */
export function parseJson(text: string, most: number, mostMembers?: number): unknown {
  runThrough(countJson(text, most, mostMembers));
  return perhapsInfinite.test(text) ? runThrough(readJson(text)) : JSON.parse(text);
}

/** Like `parseJson`, but in steps, so that other work can run while a large text is read. Errors: as `parseJson`. */
export function* parseJsonSteps(text: string, most: number, mostMembers?: number): Steps<unknown> {
  const values = yield* countJson(text, most, mostMembers);
  if (values > mostAtOnce || text.length > longText || perhapsInfinite.test(text)) return yield* readJson(text);
  return JSON.parse(text) as unknown;
}
