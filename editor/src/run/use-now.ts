import { useContext, useEffect, useState } from 'react';
import { serverNow } from './server-clock.js';
import { RunContext } from './use-run.js';

const everyMs = 200;

/** The time of the run in view (the server's clock, or the replayed moment), five times a second while `isMoving`; otherwise constant. */
export function useNow(isMoving: boolean): number {
  const run = useContext(RunContext);
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isMoving) return undefined;
    const timer = setInterval(() => setTick((before) => before + 1), everyMs);
    return () => clearInterval(timer);
  }, [isMoving]);
  return run?.now() ?? serverNow();
}
