import { useEffect } from 'react';

/** Long enough after a page is shown that its own requests are done. */
const afterMs = 3000;

/**
 * Loads parts one after the other, once a page has been shown for a while and the browser is idle. They then open at once, even while the
 * server cannot be reached. A part that fails to load here is loaded again when it is shown.
 */
export function usePrefetch(parts: readonly (() => Promise<unknown>)[]): void {
  useEffect(() => {
    let isGone = false;
    const fetchAll = async (): Promise<void> => {
      for (const part of parts) {
        if (isGone) return;
        await part().catch(() => undefined);
      }
    };
    const timer = setTimeout(() => whenIdle(() => void fetchAll()), afterMs);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [parts]);
}

/** Not every browser reports idle time. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: afterMs });
  else work();
}
