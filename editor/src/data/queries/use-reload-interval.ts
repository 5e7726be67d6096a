import { useEffect } from 'react';

/** Reloads at an interval while the page is visible, for data without live updates. */
export function useReloadInterval(reload: () => void, everyMs: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
}
