import { normalise, read, squeezed } from './normalise.js';

/** Finds the words and phrases of a list in a text, disguised ones too. */
export interface WordRule {
  readonly category: string;
  /** The matching entry of the list. */
  find(text: string): string | undefined;
}

/** Creates a rule from a list. An entry that ends with `*` matches every word that begins with it. */
export function wordRule(category: string, list: readonly string[]): WordRule {
  const entries = list.flatMap((entry) => {
    const isBeginning = entry.trim().endsWith('*');
    const form = normalise(entry.replace(/\*$/, '')).trimEnd();
    if (form.trim() === '') return [];
    const searched = isBeginning ? form : `${form} `;
    return [{ entry, isBeginning, searched, drawn: squeezed(searched), close: searched.replaceAll(' ', '') }];
  });
  return {
    category,
    find(text) {
      if (entries.length === 0) return undefined;
      const { plain, spaced } = read(text);
      // Repeated letters are collapsed only in texts with a letter three times in a row: 'good' is not 'god'.
      const drawn = /(\p{L})\1\1/u.test(plain) ? squeezed(plain) : undefined;
      const runs = spaced.flatMap(withoutNeighbours);
      return entries.find(
        ({ searched, drawn: short, close, isBeginning }) =>
          plain.includes(searched) ||
          (drawn?.includes(short) ?? false) ||
          runs.some((run) => run === close || (isBeginning && run.startsWith(close))),
      )?.entry;
    },
  };
}

/** Letters that are words by themselves in some languages. */
const oneLetter = /^[aeiouy]$/;

/** 'a f o o l' is joined to 'afool'. This also returns it without one-letter words at its ends. */
function withoutNeighbours(run: string): readonly string[] {
  const starts = oneLetter.test(run.slice(0, 1)) ? [run, run.slice(1)] : [run];
  return starts.flatMap((part) => (oneLetter.test(part.slice(-1)) ? [part, part.slice(0, -1)] : [part]));
}
