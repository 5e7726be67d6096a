import { useEffect } from 'react';

/**
 * Handles edges that are drawn from an output and dropped outside the canvas. `drop` gets the end of the output and the position, and
 * returns whether it accepted the edge.
 */
export function useHandleDrop(drop: (end: string, x: number, y: number) => boolean): void {
  useEffect(() => {
    let end: string | undefined;
    const onDown = (event: PointerEvent): void => {
      const handle = event.target instanceof Element ? event.target.closest('.react-flow__handle.source') : null;
      const node = handle?.getAttribute('data-nodeid');
      const port = handle?.getAttribute('data-handleid');
      end = node == null || port == null ? undefined : `${node}.${port}`;
    };
    const onUp = (event: PointerEvent): void => {
      if (end !== undefined) drop(end, event.clientX, event.clientY);
      end = undefined;
    };
    window.addEventListener('pointerdown', onDown, true);
    window.addEventListener('pointerup', onUp, true);
    return () => {
      window.removeEventListener('pointerdown', onDown, true);
      window.removeEventListener('pointerup', onUp, true);
    };
  }, [drop]);
}
