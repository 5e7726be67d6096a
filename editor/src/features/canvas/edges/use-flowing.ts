import { useContext, useState } from 'react';
import { RunContext, type EdgeState } from '../../run/index.js';

/** How long a value counts as passing, in milliseconds. The edges of a run that ended earlier show no movement when it is opened. */
const freshMs = 1500;

/** Whether a value passes an edge right now, and a function that ends this. `endedAt` is when the node before the edge ended. */
export function useFlowing(state: EdgeState, endedAt: number | undefined): readonly [boolean, () => void] {
  const run = useContext(RunContext);
  const [seen, setSeen] = useState({ state, isFlowing: false });
  if (seen.state !== state) {
    const isFresh = run !== undefined && endedAt !== undefined && Math.abs(run.now() - endedAt) < freshMs;
    setSeen({ state, isFlowing: state === 'carried' && seen.state !== 'streaming' && isFresh });
  }
  return [seen.isFlowing, () => setSeen({ state, isFlowing: false })];
}
