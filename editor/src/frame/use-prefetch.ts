import { useEffect } from 'react';

/** Long enough after a page is shown that nothing of it waits for what is fetched. */
const afterMs = 3000;

/**
 * Fetches parts one after the other once a page has been shown for a while and the browser has time, so that they are there when
 * somebody asks for them, also while the server is out of reach. Each is fetched again when it is shown, should it fail here.
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

/** Not every browser says when it is idle. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: afterMs });
  else work();
}
