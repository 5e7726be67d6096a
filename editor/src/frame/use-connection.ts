import { useSyncExternalStore } from 'react';
import { useSession } from '../session.js';

/** Whether the live connection is up. */
export function useConnection(): boolean {
  const { live } = useSession();
  return useSyncExternalStore(live.onConnection, () => live.isConnected);
}
