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

/** From the canvas to the panel, from anywhere else to the canvas. */
export function switchRegion(): void {
  if (document.activeElement?.closest(canvas) == null) focusCanvas();
  else focusPanel();
}
