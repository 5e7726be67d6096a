import { HeddleError } from '../errors/heddle-error.js';
import { parseJson, parseJsonSteps } from './parse-json.js';
import type { Steps } from './steps.js';
import { valueBounds } from './value-bounds.js';

/**
 * Parses a JSON text that comes into a run: a reply, the result of code, what a model wrote. What is outside `valueBounds` is refused
 * before it is parsed, so that it never exists. `where` begins the message.
 *
 * Errors: `value_too_complex`; a SyntaxError for what is no JSON.
 *
 * @example parseValue(text, "The reply of 'https://example.com'")
 */
export function parseValue(text: string, where: string): unknown {
  try {
    return parseJson(text, valueBounds.values, valueBounds.members);
  } catch (error) {
    throw refusal(error, where);
  }
}

/** The same in pieces: a text of many values is read so that others have their turn meanwhile. Errors: as `parseValue`. */
export function* parseValueSteps(text: string, where: string): Steps<unknown> {
  try {
    return yield* parseJsonSteps(text, valueBounds.values, valueBounds.members);
  } catch (error) {
    throw refusal(error, where);
  }
}

function refusal(error: unknown, where: string): unknown {
  return error instanceof HeddleError
    ? new HeddleError('value_too_complex', `${where} cannot be read: ${error.message}`, { cause: error })
    : error;
}
