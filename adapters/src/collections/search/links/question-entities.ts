import { entityTerms } from '@heddle/core';

/** The longest name that is looked for, in terms. */
const longestName = 8;
/** How many terms of a question are read. A longer question is a text, and its beginning says what it is about. */
const mostTerms = 64;

/** A sequence of terms of a question that may be the name of an entity. */
interface Stretch {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** All sequences of terms that may be names, the longest first. */
function stretchesOf(question: string): readonly Stretch[] {
  const terms = entityTerms(question).slice(0, mostTerms);
  const stretches: Stretch[] = [];
  for (let length = Math.min(longestName, terms.length); length > 0; length -= 1)
    for (let start = 0; start + length <= terms.length; start += 1)
      stretches.push({ id: terms.slice(start, start + length).join(' '), start, end: start + length });
  return stretches;
}

/** Finds the entities that a question names. If names overlap, the longest one counts. `known` returns the existing ones of many ids. */
export async function questionEntities<Known>(
  question: string,
  known: (ids: readonly string[]) => Promise<ReadonlyMap<string, Known>>,
): Promise<ReadonlyMap<string, Known>> {
  const stretches = stretchesOf(question);
  const there = await known([...new Set(stretches.map(({ id }) => id))]);
  const taken = new Set<number>();
  const found = new Map<string, Known>();
  for (const { id, start, end } of stretches) {
    const entity = there.get(id);
    const places = Array.from({ length: end - start }, (_, at) => start + at);
    if (entity === undefined || places.some((at) => taken.has(at))) continue;
    for (const at of places) taken.add(at);
    found.set(id, entity);
  }
  return found;
}
