import { useEffect, useRef } from 'react';
import { useLoaded, type Loaded } from './use-loaded.js';

/** Loads data from the server and reloads it whenever `news` changes. `load` must keep its identity. */
export function useLoadedAnew<Value>(load: (signal: AbortSignal) => Promise<Value>, news: number): Loaded<Value> {
  const loaded = useLoaded(load);
  const { again } = loaded;
  const seen = useRef(news);
  useEffect(() => {
    if (seen.current === news) return;
    seen.current = news;
    again();
  }, [news, again]);
  return loaded;
}
