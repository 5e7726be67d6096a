/**
 * Hides content below the lower edge of a clipping box from the keyboard, from page search and from screen readers. In an open box
 * everything is reachable. Returns whether something is clipped.
 */
export function reachWithin(box: HTMLElement, isOpen: boolean): boolean {
  const fold = isOpen ? Infinity : box.getBoundingClientRect().top + box.clientTop + box.clientHeight;
  reach(box, fold);
  return box.scrollHeight > box.clientHeight + 1;
}

function reach(around: HTMLElement, fold: number): void {
  for (const child of around.children) {
    if (!(child instanceof HTMLElement)) continue;
    // A link that starts above the edge is visible and stays reachable.
    const top = child.getClientRects()[0]?.top;
    const isBelow = top !== undefined && top >= fold - 1;
    if (child.inert !== isBelow) child.inert = isBelow;
    if (!isBelow) reach(child, fold);
  }
}
