import { useSyncExternalStore } from 'react';
import { useLive } from '../../data/live/live-context.js';

/** Whether the live connection is up. */
export function useConnection(): boolean {
  const live = useLive();
  return useSyncExternalStore(live.onConnection, () => live.isConnected);
}
