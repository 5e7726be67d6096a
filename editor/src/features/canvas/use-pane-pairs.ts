import { useCallback, useEffect, useRef } from 'react';

/** A click and its number in a double click. */
interface Click {
  readonly target: EventTarget | null;
  readonly detail: number;
}

/**
 * Whether a click on the pane is the second of a double click that began on the pane. When a dialog closes at the first click of a double
 * click, the canvas behind it gets only the second.
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
