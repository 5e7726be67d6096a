import type { Bitset } from './bitset.js';
import { hasRow } from './bitset.js';
import type { ScoredSlot } from './fuse.js';
import type { OpenCollection } from './open-collection.js';

/** The passages that hold the telling words of a text, best first. */
export function searchLexical(collection: OpenCollection, text: string, limit: number, allowed: Bitset | undefined): ScoredSlot[] {
  const { statements } = collection;
  const expression = collection.terms(text, statements.countPassages.get() ?? 0);
  if (expression === undefined) return [];
  if (allowed === undefined) return statements.ranked.all(expression, limit);
  const index = collection.index();
  const hits: ScoredSlot[] = [];
  for (const hit of statements.matched.iterate(expression)) {
    const row = index.rowOf(hit.slot);
    if (row !== undefined && hasRow(allowed, row)) hits.push(hit);
  }
  return hits.sort((a, b) => b.score - a.score || a.slot - b.slot).slice(0, limit);
}
