import { useContext } from 'react';
import { useNow } from '../../ui/format/use-now.js';
import { RunContext } from './use-run.js';

/** The current time of the shown run: the server's clock, or the shown moment of a playback. It updates while `isMoving`. */
export function useRunNow(isMoving: boolean): number {
  const run = useContext(RunContext);
  const now = useNow(isMoving);
  return run?.now() ?? now;
}
