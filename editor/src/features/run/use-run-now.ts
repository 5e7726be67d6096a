import { useContext } from 'react';
import { useNow } from '../../ui/format/use-now.js';
import { RunContext } from './use-run.js';

/** The time of the run in view: the server's clock, or the replayed moment. It moves while `isMoving`. */
export function useRunNow(isMoving: boolean): number {
  const run = useContext(RunContext);
  const now = useNow(isMoving);
  return run?.now() ?? now;
}
