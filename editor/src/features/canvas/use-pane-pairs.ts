import { useCallback, useEffect, useRef } from 'react';

/** A click with its position in a double click. */
interface Click {
  readonly target: EventTarget | null;
  readonly detail: number;
}

/**
 * Whether a click on the pane is the second of a double click that started there: a dialog that closes at the first click leaves the second
 * one to the canvas behind it.
 */
export function usePanePairs(): (click: Click) => boolean {
  const first = useRef<EventTarget>(null);
  useEffect(() => {
    const note = ({ target, detail }: MouseEvent): void => {
      if (detail <= 1) first.current = target;
    };
    window.addEventListener('mousedown', note, true);
    return () => window.removeEventListener('mousedown', note, true);
  }, []);
  return useCallback(({ target, detail }) => detail === 2 && first.current === target, []);
}
