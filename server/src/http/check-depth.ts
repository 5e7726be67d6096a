import { HeddleError } from '@heddle/core';

/** No document, filter or input of ours is so deep; what walks values calls itself, and would end in an overflow. */
const deepest = 500;

/**
 * Refuses JSON that is nested too deeply, by its text: values are walked in many places, from hashing to the journal. Errors: `bad_json`.
 *
 * @example checkDepth('[[1]]')
 */
export function checkDepth(text: string | Buffer): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.length <= deepest) return;
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const sign = bytes[index];
    if (isInString) {
      if (sign === backslash) index += 1;
      else if (sign === quote) isInString = false;
    } else if (sign === quote) isInString = true;
    else if (sign === openBracket || sign === openBrace) {
      depth += 1;
      if (depth > deepest) throw new HeddleError('bad_json', `The JSON is nested more than ${deepest} levels deep.`);
    } else if (sign === closeBracket || sign === closeBrace) depth -= 1;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
