import { contentWords } from './words.js';

/** A sentence that begins with a verdict answers a yes-or-no question, even if it otherwise repeats it. */
const verdict =
  /^\s*(?:yes|no|yep|nope|correct|incorrect|true|false|ja|nein|oui|non|s[ií]|sì|não|nee|nej|tak|nie|да|нет|evet|hayır|はい|いいえ|是|不是)(?![\p{L}])/iu;

/**
 * Whether a sentence only repeats the question: it has no word of its own. Such a sentence answers nothing, even if the passages contain
 * its words.
 *
 * @example isEcho('The meal allowance on business trips.', 'How much is the meal allowance on business trips?') // true
 */
export function isEcho(sentence: string, question: string): boolean {
  if (question === '' || verdict.test(sentence)) return false;
  const words = contentWords(sentence);
  if (words.length === 0) return false;
  const asked = new Set(contentWords(question).map(({ form }) => form));
  return words.every(({ form }) => asked.has(form));
}
