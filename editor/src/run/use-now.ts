import { useEffect, useState } from 'react';

const everyMs = 200;

/** The time, five times a second while `isMoving`; steady otherwise. */
export function useNow(isMoving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [isMoving]);
  return now;
}
