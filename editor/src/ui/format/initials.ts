/** One or two letters for a name. @example initialsOf('Web shop') // 'WS' */
export function initialsOf(name: string): string {
  const parts = name.split(/[\s_./-]+/).filter((word) => /[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(word));
  const [first = '?', second] = parts;
  const letters = second === undefined ? lettersOf(first).slice(0, 2) : [lettersOf(first)[0], lettersOf(second)[0]];
  return letters.join('').toLocaleUpperCase();
}

/** Counts graphemes, so that accents and emojis are not split. */
const lettersOf = (word: string): readonly string[] =>
  Array.from(new Intl.Segmenter().segment(word), ({ segment }) => segment);
