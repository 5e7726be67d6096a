/** Splits a list that is written as one text into its entries, for long lists of search terms. */
export const listOf = (text: string): readonly string[] =>
  text.split(',').map((entry) => entry.trim().replaceAll(/\s+/g, ' '));
