import { useSyncExternalStore } from 'react';
import { useLive } from '../../data/live/live-context.js';

/** Whether the live connection to the server is up. */
export function useConnection(): boolean {
  const live = useLive();
  return useSyncExternalStore(live.onConnection, () => live.isConnected);
}
