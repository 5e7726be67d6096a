import type { CanvasHandle } from './view-store.js';

/**
 * The heights of cards with all their content, including outputs and live text that a card hides at low zoom. For a card that is not drawn
 * now, the last measured height; cards that were never drawn are left out.
 */
export function cardHeights(ids: Iterable<string>, canvas: CanvasHandle | undefined): ReadonlyMap<string, number> {
  const drawn = new Map(
    [...document.querySelectorAll<HTMLElement>('.react-flow__node[data-id]')].map((element) => [
      element.dataset['id'] ?? '',
      element,
    ]),
  );
  const far = [...document.querySelectorAll<HTMLElement>('.react-flow__node article[data-far]')];
  // All cards are changed and restored within one task, so that nothing is painted in between.
  for (const card of far) delete card.dataset['far'];
  const heights = new Map<string, number>();
  for (const id of ids) {
    const height = drawn.get(id)?.offsetHeight ?? canvas?.boxOf(id)?.height ?? 0;
    if (height > 0) heights.set(id, height);
  }
  for (const card of far) card.dataset['far'] = 'true';
  return heights;
}
