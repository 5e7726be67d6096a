/** Letters and digits only: line breaks, quotation marks and markup of a quote often differ. */
export const plainText = (text: string): string =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');

/** Whether a text has these words together. @example hasWords('It is “so”.', 'is so') // true */
export const hasWords = (text: string, words: string): boolean =>
  plainText(words) !== '' && ` ${plainText(text)} `.includes(` ${plainText(words)} `);
