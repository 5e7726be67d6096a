import { useEffect } from 'react';

/** Reloads at an interval while the page is visible, for data without live updates. */
export function useAgain(again: () => void, everyMs: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') again();
    }, everyMs);
    return () => clearInterval(timer);
  }, [again, everyMs]);
}
