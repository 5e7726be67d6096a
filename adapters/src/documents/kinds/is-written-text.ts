/** Characters beyond ASCII, other than letters and digits, that people usually write. */
const usualSigns =
  /[\u00a0\u00a1\u00a3\u00a7\u00a9\u00ab\u00ae\u00b0\u00b7\u00bb\u00bf\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac\u2122]/u;
/** Control characters other than white space, unassigned code points, and the replacement character for invalid bytes. */
const unwritten = /[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?![\t\n\r])\p{Cc}/u;
/** A letter beyond ASCII next to a character that no word touches: a symbol of programming languages, or a digit on the wrong side. */
const misplacedLetter =
  /[#$%*+@\\^`~_{}[\]](?![A-Za-z])\p{L}|(?![A-Za-z])\p{L}[#$%*+@\\^`~_{}[\]\d]|\d(?![A-Z])\p{Lu}/u;
/** A symbol in the middle of a word or a number. */
const misplacedSign = /[\p{L}\d](?![\u00b7\u2019\u2013\u2014\u2026])[^\u0000-\u00a0\p{L}\p{M}][\p{L}\d]/u;
const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/**
 * Whether a few characters, decoded by a guess, look like text that a person wrote: words of one alphabet with usual capitalisation, usual
 * symbols between them, and accented letters among plain ones. Random bytes hardly ever do.
 *
 * @example isWrittenText('Grüße') // true; isWrittenText('åA†ß') // false
 */
export function isWrittenText(text: string): boolean {
  if (unwritten.test(text) || misplacedLetter.test(text) || misplacedSign.test(text)) return false;
  const count = { plain: 0, accented: 0, signs: 0 };
  for (const sign of text) {
    if (sign < '\u0080') count.plain += /[A-Za-z]/.test(sign) ? 1 : 0;
    else if (/\p{Script=Latin}/u.test(sign)) count.accented += 1;
    else if (!/[\p{L}\p{M}]/u.test(sign)) {
      if (!usualSigns.test(sign)) return false;
      count.signs += 1;
    }
  }
  if (count.accented > count.plain || count.signs > text.length * 0.4) return false;
  return (text.match(/[\p{L}\p{M}]+/gu) ?? []).every(isWord);
}

/** Any word of ASCII letters passes: it may be a name in a program. */
function isWord(word: string): boolean {
  if (/^[A-Za-z]+$/.test(word)) return true;
  if (scripts.filter((script) => script.test(word)).length > 1) return false;
  return /^(?:\P{Lu}+|\p{Lu}\P{Lu}+|\P{Ll}+)$/u.test(word);
}
