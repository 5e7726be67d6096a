import type { Random } from '../random.js';

/** A reply that exceeds the limits of a value, and a description of it. */
interface HostileText {
  readonly name: string;
  /** Makes the JSON text. */
  readonly text: () => string;
}

const kinds: readonly ((size: number) => HostileText)[] = [
  (size) => of(`lists, ${depth(size)} deep`, () => `${'['.repeat(depth(size))}1${']'.repeat(depth(size))}`),
  (size) => of(`objects, ${depth(size)} deep`, () => `${'{"a":'.repeat(depth(size))}1${'}'.repeat(depth(size))}`),
  (size) => of(`${depth(size)} brackets that nothing closes`, () => '['.repeat(depth(size))),
  (size) => of(`${items(size)} items`, () => `[${'1,'.repeat(items(size))}1]`),
  (size) => of(`${members(size)} members`, () => `{${Array.from({ length: members(size) }, nameOf).join(',')}}`),
  (size) => of(`a name of ${depth(size) * 10} characters`, () => `{"${'x'.repeat(depth(size) * 10)}":1}`),
];

const of = (name: string, text: () => string): HostileText => ({ name, text });
const nameOf = (_: unknown, index: number): string => `"n${index}":1`;
/** A size of 0 is just above the limit, a size of 1 far above it. */
const depth = (size: number): number => Math.round(501 * 1_000 ** size);
const items = (size: number): number => Math.round(400_001 * 5 ** size);
const members = (size: number): number => Math.round(50_001 * 8 ** size);

/** Chooses a text by the random generator; every text exceeds the limits of a value. */
export function hostileText(random: Random): HostileText {
  const kind = kinds[Math.floor(random.next() * kinds.length)];
  if (kind === undefined) throw new Error('There is no such text.');
  return kind(random.next());
}
