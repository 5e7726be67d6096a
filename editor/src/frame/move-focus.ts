const canvas = '.workflow-canvas';
const fields =
  '.panel :is(:is(input, textarea, select, button):enabled, [contenteditable="true"]):not([hidden] *, .panel-switch *, [role="tab"], .inspector-title)';

/** Puts the focus on the canvas. */
export function focusCanvas(): void {
  document.querySelector<HTMLElement>(canvas)?.focus({ preventScroll: true });
}

let isCanvasAwaited = false;

/** The canvas that opens next takes the focus: what is new is worked on at once, by keyboard too. */
export function awaitCanvas(): void {
  isCanvasAwaited = true;
}

/** Puts the focus on a canvas that was waited for. */
export function focusAwaitedCanvas(): void {
  if (!isCanvasAwaited) return;
  isCanvasAwaited = false;
  focusCanvas();
}

/** Puts the focus on the first field of the panel. */
export function focusPanel(): void {
  document.querySelector<HTMLElement>(fields)?.focus();
}

/** The regions of the screen as F6 walks them: what is worked on, its settings, its run, and how it is seen. Those that are not there are passed over. */
const regions: readonly { readonly around: string; readonly first: string }[] = [
  { around: '.workflow-canvas', first: canvas },
  { around: '.panel', first: fields },
  { around: '.drawer', first: '.drawer button:enabled' },
  { around: '.zoom-control', first: '.zoom-control button:enabled' },
];

/** To the next region of the screen, or the one before; from anywhere else to the canvas. */
export function switchRegion(step: 1 | -1 = 1): void {
  // The zoom control stands on the canvas: the innermost region counts.
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
