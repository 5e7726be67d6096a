import { useEffect, useState } from 'react';
import { serverNow } from '../../data/http/server-clock.js';

const everyMs = 200;

/** The time of the server's clock. It updates five times a second while `isMoving`, and otherwise stays the same. */
export function useNow(isMoving: boolean): number {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => setTick((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [isMoving]);
  return serverNow();
}
