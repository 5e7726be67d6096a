const canvas = '.workflow-canvas';
const fields =
  '[data-panel] :is(:is(input, textarea, select, button):enabled, [contenteditable="true"]):not([hidden] *, .panel-switch *, [role="tab"], [data-name-field])';

export function focusCanvas(): void {
  document.querySelector<HTMLElement>(canvas)?.focus({ preventScroll: true });
}

let isCanvasAwaited = false;

/** Lets the next canvas that opens take the focus, so that a new workflow can be edited by keyboard at once. */
export function awaitCanvas(): void {
  isCanvasAwaited = true;
}

/** Focuses the canvas if `awaitCanvas` was called before it opened. */
export function focusAwaitedCanvas(): void {
  if (!isCanvasAwaited) return;
  isCanvasAwaited = false;
  focusCanvas();
}

/** Focuses the first field of the panel. */
export function focusPanel(): void {
  document.querySelector<HTMLElement>(fields)?.focus();
}

/** The regions of the screen in the order of F6: canvas, panel, run, zoom. Regions that are not shown are skipped. */
const regions: readonly { readonly around: string; readonly first: string }[] = [
  { around: '.workflow-canvas', first: canvas },
  { around: '[data-panel]', first: fields },
  { around: '[data-drawer]', first: '[data-drawer] button:enabled' },
  { around: '[data-zoom]', first: '[data-zoom] button:enabled' },
];

/** Moves the focus to the next or previous region of the screen. From outside all regions, it moves to the canvas. */
export function switchRegion(step: 1 | -1 = 1): void {
  // The zoom control is on the canvas, so the innermost region counts.
  const here = regions.findLastIndex(({ around }) => document.activeElement?.closest(around) != null);
  if (here === -1) {
    focusCanvas();
    return;
  }
  for (let count = 1; count < regions.length; count += 1) {
    const next = regions[(here + step * count + regions.length) % regions.length];
    const target = next === undefined ? null : document.querySelector<HTMLElement>(next.first);
    target?.focus({ preventScroll: next?.first === canvas });
    if (target !== null && document.activeElement === target) return;
  }
}
