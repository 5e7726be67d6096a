import { entityTerms } from '@heddle/core';

/** Terms of the longest name that is looked for. */
const longestName = 8;
/** Terms of a question that are read: a longer one is a text, and its beginning says what it is about. */
const mostTerms = 64;

/** A stretch of a question that may be the name of an entity. */
interface Stretch {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** All stretches of a question that may be names of entities, the longest first. */
function stretchesOf(question: string): readonly Stretch[] {
  const terms = entityTerms(question).slice(0, mostTerms);
  const stretches: Stretch[] = [];
  for (let length = Math.min(longestName, terms.length); length > 0; length -= 1)
    for (let start = 0; start + length <= terms.length; start += 1)
      stretches.push({ id: terms.slice(start, start + length).join(' '), start, end: start + length });
  return stretches;
}

/** The entities that a question names: of names in each other, the longest. `known` gives those of many ids that there are. */
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
