import { normalise, squeezed } from './normalise.js';

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
    return [{ entry, looked, drawn: squeezed(looked) }];
  });
  return {
    category,
    find(text) {
      if (entries.length === 0) return undefined;
      const plain = normalise(text);
      // Only what is drawn out (three times the same letter) is compared so: 'good' is not 'god'.
      const drawn = /(\p{L})\1\1/u.test(plain) ? squeezed(plain) : undefined;
      return entries.find(({ looked, drawn: short }) => plain.includes(looked) || (drawn?.includes(short) ?? false))
        ?.entry;
    },
  };
}
