import type { CanvasHandle } from '../view/view-store.js';

/**
 * How high cards are with all that they show: outputs and live text too, which a card that is seen from far away hides. Of those that
 * are not drawn now, what the canvas last measured; of those that never were, nothing.
 */
export function cardHeights(ids: Iterable<string>, canvas: CanvasHandle | undefined): ReadonlyMap<string, number> {
  const drawn = new Map(
    [...document.querySelectorAll<HTMLElement>('.react-flow__node[data-id]')].map((element) => [
      element.dataset['id'] ?? '',
      element,
    ]),
  );
  const far = [...document.querySelectorAll<HTMLElement>('.react-flow__node .card-far')];
  // Within one task, so that nobody sees it.
  for (const card of far) card.classList.remove('card-far');
  const heights = new Map<string, number>();
  for (const id of ids) {
    const height = drawn.get(id)?.offsetHeight ?? canvas?.boxOf(id)?.height ?? 0;
    if (height > 0) heights.set(id, height);
  }
  for (const card of far) card.classList.add('card-far');
  return heights;
}
