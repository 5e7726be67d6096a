/** A number with its noun. @example countOf(2, 'row') // '2 rows' */
export const countOf = (number: number, word: string): string =>
  number === 1 ? `1 ${word}` : `${number.toLocaleString()} ${word}s`;
