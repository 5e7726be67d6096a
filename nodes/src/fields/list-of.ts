/** The entries of a list that is written as one text, for long lists of search terms. */
export const listOf = (text: string): readonly string[] =>
  text.split(',').map((entry) => entry.trim().replaceAll(/\s+/g, ' '));
