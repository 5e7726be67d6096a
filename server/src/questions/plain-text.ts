/** Keeps only letters and digits, because the line breaks, quotation marks and markup of a quote often differ from the source. */
export const plainText = (text: string): string =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');

/** Whether a text contains a part, ignoring punctuation and case. @example containsText('It is “so”.', 'is so') // true */
export const containsText = (text: string, part: string): boolean =>
  plainText(part) !== '' && ` ${plainText(text)} `.includes(` ${plainText(part)} `);
