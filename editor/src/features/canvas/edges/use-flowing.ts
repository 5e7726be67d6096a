import { useContext, useState } from 'react';
import { RunContext, type EdgeState } from '../../run/index.js';

/** A value that passed longer ago is not shown as passing now, as when an ended run is opened. */
const freshMs = 1500;

/** Whether a value passes an edge right now, and what ends it. `endedAt` is when the node before it ended. */
export function useFlowing(state: EdgeState, endedAt: number | undefined): readonly [boolean, () => void] {
  const run = useContext(RunContext);
  const [seen, setSeen] = useState({ state, isFlowing: false });
  if (seen.state !== state) {
    const isFresh = run !== undefined && endedAt !== undefined && Math.abs(run.now() - endedAt) < freshMs;
    setSeen({ state, isFlowing: state === 'carried' && seen.state !== 'streaming' && isFresh });
  }
  return [seen.isFlowing, () => setSeen({ state, isFlowing: false })];
}
