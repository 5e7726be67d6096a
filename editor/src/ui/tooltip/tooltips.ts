import { tooltipPosition } from './tooltip-position.js';

const attribute = 'data-tip';
const delayMs = 500;
/** Long enough to move the pointer from the control onto its tooltip. */
const leaveMs = 120;
/** Within this time after a tooltip, the next one comes without the delay. */
const warmMs = 400;

/**
 * Shows the text of `data-tip` beside its element: after a delay under the mouse, at once on keyboard focus, never on touch. Escape, a
 * click and scrolling close it. While it is shown, it describes the element to screen readers. One listener serves the whole page, so that
 * a component only writes the text.
 *
 * @example <button type="button" data-tip="Undo (Ctrl+Z)" aria-label="Undo">…</button>
 */
export function startTooltips(): () => void {
  const tooltip = new Tooltip();
  const listeners = new AbortController();
  const { signal } = listeners;
  const listen = <Kind extends keyof DocumentEventMap>(
    kind: Kind,
    listener: (event: DocumentEventMap[Kind]) => void,
  ): void => document.addEventListener(kind, listener, { capture: true, passive: true, signal });
  let isTouch = false;
  listen('pointerover', (event) => {
    isTouch = event.pointerType === 'touch';
    // No tooltips during a drag.
    if (isTouch || event.buttons !== 0) return;
    if (tooltip.holds(event.target)) tooltip.keep();
    else tooltip.point(controlOf(event.target));
  });
  listen('pointerdown', (event) => {
    isTouch = event.pointerType === 'touch';
    tooltip.press(controlOf(event.target));
  });
  listen('focusin', (event) => {
    const control = controlOf(event.target);
    if (!isTouch && control !== undefined && control.matches(':focus-visible')) tooltip.show(control);
  });
  listen('focusout', () => tooltip.hide());
  listen('scroll', () => tooltip.hide());
  listen('wheel', () => tooltip.hide());
  listen('keydown', (event) => {
    isTouch = false;
    // The key is not consumed: Escape also does what it does elsewhere, without a second press.
    if (event.key === 'Escape') tooltip.hide();
  });
  document.documentElement.addEventListener('pointerleave', () => tooltip.point(undefined), { signal });
  return () => {
    listeners.abort();
    tooltip.hide();
  };
}

function controlOf(target: EventTarget | null): Element | undefined {
  return target instanceof Element ? (target.closest(`[${attribute}]`) ?? undefined) : undefined;
}

class Tooltip {
  readonly #box: HTMLElement;
  readonly #changes: MutationObserver;
  #control: Element | undefined;
  /** The control under the pointer, before its tooltip is shown. */
  #next: Element | undefined;
  /** The control that was pressed: its tooltip stays away until the pointer has left it. */
  #pressed: Element | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hiddenAt = -Infinity;

  constructor() {
    this.#box = document.createElement('div');
    this.#box.id = 'tooltip';
    this.#box.className = 'tooltip';
    this.#box.setAttribute('role', 'tooltip');
    this.#box.setAttribute('popover', 'manual');
    this.#changes = new MutationObserver(() => this.#refresh());
  }

  holds(target: EventTarget | null): boolean {
    return this.#control !== undefined && target instanceof Node && this.#box.contains(target);
  }

  /** The pointer moved onto a control, or off all of them. */
  point(control: Element | undefined): void {
    if (control !== undefined && control === this.#pressed) return;
    this.#pressed = undefined;
    if (control === this.#next && control !== this.#control) return;
    clearTimeout(this.#timer);
    this.#next = control;
    if (control === this.#control) return;
    if (control === undefined) this.#timer = setTimeout(() => this.hide(), leaveMs);
    else {
      const isWarm = this.#control !== undefined || performance.now() - this.#hiddenAt < warmMs;
      this.#timer = setTimeout(
        () => {
          this.show(control);
          // This tooltip closes when the pointer leaves. A tooltip that the focus opened stays wherever the pointer goes.
          this.#next = control;
        },
        isWarm ? 0 : delayMs,
      );
    }
  }

  press(control: Element | undefined): void {
    this.hide();
    this.#pressed = control;
  }

  /** The pointer moved onto the tooltip itself. */
  keep(): void {
    clearTimeout(this.#timer);
    this.#next = this.#control;
  }

  show(control: Element): void {
    this.hide();
    const text = textOf(control);
    if (text === '' || !control.isConnected) return;
    this.#control = control;
    this.#box.textContent = text;
    document.body.append(this.#box);
    // In the top layer it lies above dialogs, and nothing clips it.
    this.#box.showPopover?.();
    this.#position(control);
    // A screen reader does not read the label of the control twice.
    if (text !== control.getAttribute('aria-label') && text !== control.textContent?.trim())
      describe(control, this.#box.id);
    this.#changes.observe(document.body, { subtree: true, childList: true, attributeFilter: [attribute] });
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
    const control = this.#control;
    if (control === undefined) return;
    this.#control = undefined;
    this.#hiddenAt = performance.now();
    this.#changes.disconnect();
    this.#box.remove();
    describeNoMore(control, this.#box.id);
  }

  /** Hides the tooltip if its control was removed; updates it if the control has another text. */
  #refresh(): void {
    const control = this.#control;
    if (control === undefined) return;
    const text = textOf(control);
    if (!control.isConnected || text === '') this.hide();
    else if (this.#box.textContent !== text) {
      this.#box.textContent = text;
      this.#position(control);
    }
  }

  #position(control: Element): void {
    const { innerWidth, innerHeight } = window;
    const { left, top } = tooltipPosition(
      control.getBoundingClientRect(),
      this.#box.getBoundingClientRect(),
      { width: innerWidth, height: innerHeight },
      // Below a control of a column, the tooltip would cover the next one.
      control.closest('[data-tips="beside"]') !== null,
    );
    Object.assign(this.#box.style, { left: `${left}px`, top: `${top}px` });
  }
}

const textOf = (control: Element): string => control.getAttribute(attribute)?.trim() ?? '';

const describedBy = 'aria-describedby';

function describe(control: Element, id: string): void {
  const before = control.getAttribute(describedBy);
  control.setAttribute(describedBy, before === null ? id : `${before} ${id}`);
}

function describeNoMore(control: Element, id: string): void {
  const left = (control.getAttribute(describedBy) ?? '').split(' ').filter((other) => other !== '' && other !== id);
  if (left.length === 0) control.removeAttribute(describedBy);
  else control.setAttribute(describedBy, left.join(' '));
}
