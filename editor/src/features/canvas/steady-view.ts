const usual = 160;

/** What of React Flow it needs. */
interface Viewports {
  readonly getViewport: () => { x: number; y: number; zoom: number };
  readonly setViewport: (viewport: { x: number; y: number; zoom: number }) => Promise<boolean>;
}

/** Moves the view for the program, never under a pressed pointer. */
export interface SteadyView {
  /** Starts a movement of the given duration, after the release where a pointer is pressed; the last one that waits is taken. */
  readonly move: (start: (duration: number) => void) => void;
  readonly end: () => void;
}

/**
 * A view that stands still while a pointer is pressed on the canvas: what a person drags ends where they aim. A movement that runs stops
 * at the press.
 */
export function createSteadyView(flow: Viewports, domNode: HTMLElement): SteadyView {
  let isPressed = false;
  let mayMove = false;
  let waiting: ((duration: number) => void) | undefined;
  const start = (movement: (duration: number) => void): void => {
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    mayMove = !isStill;
    movement(isStill ? 0 : usual);
  };
  const onPress = (): void => {
    isPressed = true;
    // A movement without a duration ends the running one.
    if (mayMove) void flow.setViewport(flow.getViewport());
    mayMove = false;
  };
  const onRelease = (): void => {
    if (!isPressed) return;
    isPressed = false;
    const next = waiting;
    waiting = undefined;
    // The drag ends first.
    if (next !== undefined) setTimeout(() => start(next));
  };
  domNode.addEventListener('pointerdown', onPress, true);
  window.addEventListener('pointerup', onRelease, true);
  window.addEventListener('pointercancel', onRelease, true);
  return {
    move: (movement) => {
      if (isPressed) waiting = movement;
      else start(movement);
    },
    end: () => {
      domNode.removeEventListener('pointerdown', onPress, true);
      window.removeEventListener('pointerup', onRelease, true);
      window.removeEventListener('pointercancel', onRelease, true);
    },
  };
}
