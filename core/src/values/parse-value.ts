import { HeddleError } from '../errors/heddle-error.js';
import { parseJson, parseJsonSteps } from './json/parse-json.js';
import type { Steps } from './steps.js';
import { valueBounds } from './value-bounds.js';

/**
 * Parses a JSON text that becomes a value of a run: a reply, the result of code, the output of a model. A text outside `valueBounds` is
 * refused before it is parsed. The error message starts with `where`.
 *
 * Errors: `value_too_complex`; a SyntaxError for invalid JSON.
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

/** Like `parseValue`, but in steps, so that other work can run while a large text is read. Errors: as `parseValue`. */
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
