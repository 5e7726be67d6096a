import { createContext, useContext } from 'react';
import type { LiveClient } from './live-client.js';

export const LiveContext = createContext<LiveClient | undefined>(undefined);

/** The live connection of this tab. */
export function useLive(): LiveClient {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('A component that needs the live connection is outside of it.');
  return live;
}
