const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** Scripts that write words without spaces between them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]+/gu;

/** The words of a text in lower case, in their order. A text without spaces gives its pairs of characters, as other search engines cut it. */
export function* wordsOf(text: string): Generator<string> {
  for (const [found] of withPairs(text.normalize('NFC').toLowerCase()).matchAll(word)) yield found;
}

/** A text in which each word is replaced by what `change` gives for it in lower case. */
export const replaceWords = (text: string, change: (word: string) => string): string =>
  withPairs(text.normalize('NFC')).replace(word, (found) => change(found.toLowerCase()));

/** A text with spaces between the pairs of characters of scripts that have none: 東京都 gives 東京 京都. */
export function withPairs(text: string): string {
  return text.replace(unspaced, (run) => {
    const characters = Array.from(run);
    const pairs = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
    return ` ${pairs.length === 0 ? run : pairs.join(' ')} `;
  });
}
