import { useEffect, useState } from 'react';
import { serverNow } from '../../data/http/server-clock.js';

const everyMs = 200;

/** The time by the server's clock, five times a second while `isMoving`; otherwise constant. */
export function useNow(isMoving: boolean): number {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => setTick((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [isMoving]);
  return serverNow();
}
