/** A number with its noun in the singular or plural. @example countOf(2, 'row') // '2 rows' */
export const countOf = (number: number, word: string): string =>
  number === 1 ? `1 ${word}` : `${number.toLocaleString()} ${word}s`;
