import type { PageBoxes, Passage, Place, SearchSettings } from '@heddle/core';
import type { CollectionContext } from '../collection-context.js';

/** What a search returns for a passage that it finds: the passage, its parent or a window. */
export type Returns = NonNullable<SearchSettings['returns']>;

interface Widening {
  readonly returns: Exclude<Returns, 'passage'>;
  readonly k: number;
  /** Passages to read on each side: the size of a window, or the most parts that a parent may have there. */
  readonly around: number;
}

/** A parent with more parts on one side is cut off there. */
const mostAround = 200;

/** How many parts a parent may have on each side of one of its passages. */
export const partsOfParent = ({
  maxTokens,
  parentTokens = maxTokens,
}: {
  readonly maxTokens: number;
  readonly parentTokens?: number | undefined;
}): number => Math.min(mostAround, Math.ceil((4 * parentTokens) / maxTokens) + 2);

/**
 * Replaces passages, best first, by their parent or the window around them, until there are `k` results. Several passages of one parent
 * become one result that lists them. A passage without a parent is returned unchanged.
 */
export async function widen(
  { inner }: Pick<CollectionContext, 'inner'>,
  found: readonly Passage[],
  { returns, k, around }: Widening,
): Promise<readonly Passage[]> {
  const hits = new Map(found.slice(0, k).map((passage) => [passage.id, passage]));
  const taken = new Set<string>();
  const results: Passage[] = [];
  let left = [...found];
  while (results.length < k && left.length > 0) {
    const next = firstOfEach(left, returns).slice(0, k - results.length);
    const near = await Promise.all(next.map(({ id }) => inner.neighbours(id, around, around)));
    for (const [at, best] of next.entries()) {
      if (taken.has(best.id)) continue;
      const parts = (near[at] ?? [])
        .filter(({ id }) => !taken.has(id))
        .filter((part) => returns === 'window' || isSibling(best, part));
      for (const { id } of [best, ...parts]) taken.add(id);
      results.push(parts.length < 2 ? best : merged(best, parts, hits));
    }
    const asked = new Set(next.map(({ id }) => id));
    left = left.filter(({ id }) => !taken.has(id) && !asked.has(id));
  }
  return results;
}

/** The best passage of each parent; for windows, every passage. */
function firstOfEach(found: readonly Passage[], returns: Widening['returns']): readonly Passage[] {
  if (returns === 'window') return found;
  const firsts = new Map<string, Passage>();
  for (const passage of found) {
    const { document, place } = passage;
    const key = place?.parent === undefined ? passage.id : `${document}\n${place.parent.join(' ')}`;
    if (!firsts.has(key)) firsts.set(key, passage);
  }
  return [...firsts.values()];
}

const isSibling = (one: Passage, other: Passage): boolean =>
  one.id === other.id ||
  (one.place?.parent !== undefined &&
    other.document === one.document &&
    other.place?.parent?.join(' ') === one.place.parent.join(' '));

/**
 * Joins neighbouring passages into one with the id of the first, so that the same parts get the same id, whichever of them a search finds.
 */
function merged(best: Passage, parts: readonly Passage[], hits: ReadonlyMap<string, Passage>): Passage {
  let text = '';
  let written = 0;
  const found: [number, number][] = [];
  const boxes: PageBoxes[] = [];
  for (const { id, text: part, place } of parts) {
    const shared = sharedLength(text, part, place, written);
    if (shared === 0 && text !== '') text += jointOf(text, part, (place?.start ?? Infinity) - written);
    const start = text.length - shared;
    text += part.slice(shared);
    if (place?.end !== undefined) written = Math.max(written, place.end);
    if (id === best.id || hits.has(id)) found.push([start, start + part.length]);
    addBoxes(boxes, place?.boxes ?? [], start, shared);
  }
  const first = parts[0] ?? best;
  const last = parts.at(-1) ?? best;
  const { parent: _parent, ...place } = first.place ?? {};
  return {
    ...best,
    id: first.id,
    text,
    found,
    place: { ...place, end: last.place?.end ?? place.end, boxes: boxes.length === 0 ? undefined : boxes },
  };
}

/** How many characters at the beginning of a part are in the text already, because passages overlap. */
function sharedLength(text: string, part: string, place: Place | undefined, written: number): number {
  const { start, end } = place ?? {};
  if (start === undefined || end === undefined || end - start !== part.length) return 0;
  const shared = Math.min(Math.max(0, written - start), part.length, text.length);
  return shared > 0 && text.endsWith(part.slice(0, shared)) ? shared : 0;
}

/** White space that the splitter removed: a blank line, the end of a row, or a space. */
function jointOf(text: string, part: string, gap: number): string {
  if (gap === 0) return '';
  if (gap > 1) return '\n\n';
  return /^(?:\||[-*+] |\d+[.)] )/.test(part) || text.endsWith('|') ? '\n' : ' ';
}

function addBoxes(all: PageBoxes[], more: readonly PageBoxes[], start: number, shared: number): void {
  for (const { lines, ...page } of more) {
    // A line of the overlapping text already has its box.
    const moved = lines
      .filter((line) => shared === 0 || line[4] >= shared)
      .map(([left, top, right, bottom, offset]): PageBoxes['lines'][number] => [
        ...([left, top, right, bottom] as const),
        start + offset,
      ]);
    if (moved.length === 0) continue;
    const open = all.find((one) => one.page === page.page);
    if (open === undefined) all.push({ ...page, lines: moved });
    else open.lines.push(...moved);
  }
}
