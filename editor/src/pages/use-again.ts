import { useEffect } from 'react';

/** Asks again every now and then while the page is looked at: for what the server does not tell by itself. */
export function useAgain(again: () => void, everyMs: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') again();
    }, everyMs);
    return () => clearInterval(timer);
  }, [again, everyMs]);
}
