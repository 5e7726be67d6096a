import { useEffect, useState, type ReactElement } from 'react';
import { useSession } from '../session.js';
import { useConnection } from './use-connection.js';

const graceMs = 1500;

/** Says that the server is gone, after a moment's grace; what is on the screen stays. */
export function ConnectionBanner(): ReactElement | null {
  const { live } = useSession();
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
    <div className="banner" role="status">
      <span>No connection to Heddle. What you see stays; it goes on by itself when the server is back.</span>
      <button type="button" className="button button-small" onClick={() => live.retry()}>
        Try now
      </button>
    </div>
  );
}
