const usual = 160;

/** The functions of React Flow that the view needs. */
interface Viewports {
  readonly getViewport: () => { x: number; y: number; zoom: number };
  readonly setViewport: (viewport: { x: number; y: number; zoom: number }) => Promise<boolean>;
}

/** Moves the view for the program, but never while a pointer is pressed. */
export interface SteadyView {
  /**
   * Starts a movement, which gets its duration. While a pointer is pressed, the movement waits for the release; only the last waiting one
   * is started.
   */
  readonly move: (start: (duration: number) => void) => void;
  readonly end: () => void;
}

/**
 * Creates a view that stands still while a pointer is pressed on the canvas, so that a dragged element lands where the user aims. A press
 * stops a running movement.
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
    // A movement without a duration ends the one in progress.
    if (mayMove) void flow.setViewport(flow.getViewport());
    mayMove = false;
  };
  const onRelease = (): void => {
    if (!isPressed) return;
    isPressed = false;
    const next = waiting;
    waiting = undefined;
    // Lets the drag end first.
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
