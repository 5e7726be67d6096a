/**
 * Takes what begins below the lower edge of a box that cuts its content out of reach: of the keyboard, of a search in the page, and of a reader that
 * would speak what nobody sees. In a box that is open everything is in reach. Gives whether something is cut off.
 */
export function reachWithin(box: HTMLElement, isOpen: boolean): boolean {
  const fold = isOpen ? Infinity : box.getBoundingClientRect().top + box.clientTop + box.clientHeight;
  reach(box, fold);
  return box.scrollHeight > box.clientHeight + 1;
}

function reach(around: HTMLElement, fold: number): void {
  for (const child of around.children) {
    if (!(child instanceof HTMLElement)) continue;
    // A link that goes on below the edge begins above it, and is seen.
    const top = child.getClientRects()[0]?.top;
    const isBelow = top !== undefined && top >= fold - 1;
    if (child.inert !== isBelow) child.inert = isBelow;
    if (!isBelow) reach(child, fold);
  }
}
