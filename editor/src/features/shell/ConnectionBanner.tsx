import { useEffect, useState, type ReactElement } from 'react';
import { useLive } from '../../data/live/live-context.js';
import { useConnection } from './use-connection.js';

const graceMs = 1500;

/** Says after a short delay that the server cannot be reached. The rest of the page stays as it is. */
export function ConnectionBanner(): ReactElement | null {
  const live = useLive();
  const isConnected = useConnection();
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (isConnected) return undefined;
    const timer = setTimeout(() => setShown(true), graceMs);
    return () => {
      clearTimeout(timer);
      setShown(false);
    };
  }, [isConnected]);
  if (isConnected || !isShown) return null;
  return (
    <div className="banner aligned-wrapped" role="status">
      <span>No connection to Heddle. Reconnecting…</span>
      <button type="button" className="button button-small" onClick={() => live.retry()}>
        Retry now
      </button>
    </div>
  );
}
