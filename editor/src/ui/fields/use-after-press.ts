import { useCallback, useEffect, useRef } from 'react';

/**
 * Runs a callback when no pointer button is pressed, which is at once for keyboard users. If a pressed element moved before the release,
 * its click would be lost. Active while `isOn`.
 */
export function useAfterPress(isOn: boolean): (work: () => void) => void {
  const isPressed = useRef(false);
  useEffect(() => {
    if (!isOn) return undefined;
    const ends = ['pointerup', 'pointercancel'] as const;
    const down = (): void => void (isPressed.current = true);
    const up = (): void => void (isPressed.current = false);
    window.addEventListener('pointerdown', down, { capture: true });
    for (const end of ends) window.addEventListener(end, up, { capture: true });
    return () => {
      window.removeEventListener('pointerdown', down, { capture: true });
      for (const end of ends) window.removeEventListener(end, up, { capture: true });
      isPressed.current = false;
    };
  }, [isOn]);
  return useCallback((work) => {
    if (!isPressed.current) {
      work();
      return;
    }
    const done = new AbortController();
    const later = (): void => {
      done.abort();
      // Lets the click of the same press happen first.
      setTimeout(work);
    };
    window.addEventListener('pointerup', later, { signal: done.signal });
    window.addEventListener('pointercancel', later, { signal: done.signal });
  }, []);
}
