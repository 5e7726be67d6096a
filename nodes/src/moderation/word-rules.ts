import { normalise, read, squeezed } from './normalise.js';

/** Finds words and phrases of a list in a text, however they are disguised. */
export interface WordRule {
  readonly category: string;
  /** The entry of the list that stands in the text. */
  find(text: string): string | undefined;
}

/** Makes a rule of a list. An entry that ends with `*` counts for every word that begins so. */
export function wordRule(category: string, list: readonly string[]): WordRule {
  const entries = list.flatMap((entry) => {
    const isBeginning = entry.trim().endsWith('*');
    const form = normalise(entry.replace(/\*$/, '')).trimEnd();
    if (form.trim() === '') return [];
    const looked = isBeginning ? form : `${form} `;
    return [{ entry, isBeginning, looked, drawn: squeezed(looked), close: looked.replaceAll(' ', '') }];
  });
  return {
    category,
    find(text) {
      if (entries.length === 0) return undefined;
      const { plain, spaced } = read(text);
      // Only what is drawn out (three times the same letter) is compared so: 'good' is not 'god'.
      const drawn = /(\p{L})\1\1/u.test(plain) ? squeezed(plain) : undefined;
      const runs = spaced.flatMap(withoutNeighbours);
      return entries.find(
        ({ looked, drawn: short, close, isBeginning }) =>
          plain.includes(looked) ||
          (drawn?.includes(short) ?? false) ||
          runs.some((run) => run === close || (isBeginning && run.startsWith(close))),
      )?.entry;
    },
  };
}

/** Words of one letter, in the languages that have them. */
const oneLetter = /^[aeiouy]$/;

/** 'a f o o l' was joined to 'afool': the same run without words of one letter at its ends. */
function withoutNeighbours(run: string): readonly string[] {
  const starts = oneLetter.test(run.slice(0, 1)) ? [run, run.slice(1)] : [run];
  return starts.flatMap((part) => (oneLetter.test(part.slice(-1)) ? [part, part.slice(0, -1)] : [part]));
}
