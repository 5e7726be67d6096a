const word = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** Scripts that write words without spaces between them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆]+/gu;

/** The words of a text in lower case, in order. Scripts without spaces yield pairs of characters, as in other search engines. */
export function* wordsOf(text: string): Generator<string> {
  for (const [found] of withPairs(text.normalize('NFC').toLowerCase()).matchAll(word)) yield found;
}

/** Replaces each word of a text by the result of `change`, which gets the word in lower case. */
export const replaceWords = (text: string, change: (word: string) => string): string =>
  withPairs(text.normalize('NFC')).replace(word, (found) => change(found.toLowerCase()));

/** Puts spaces between the pairs of characters in scripts without spaces: 東京都 gives 東京 京都. */
export function withPairs(text: string): string {
  return text.replace(unspaced, (run) => {
    const characters = Array.from(run);
    const pairs = characters.slice(1).map((character, index) => `${characters[index]}${character}`);
    return ` ${pairs.length === 0 ? run : pairs.join(' ')} `;
  });
}
