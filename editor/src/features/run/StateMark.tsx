import {
  Ban,
  Check,
  Clock3,
  Hourglass,
  Minus,
  OctagonPause,
  Pause,
  Recycle,
  RotateCw,
  Square,
  UserRound,
  VolumeX,
  X,
  type LucideIcon,
} from 'lucide-react';
import { memo, type ReactElement } from 'react';
import type { SeenState } from './execution/node-state.js';
import styles from './run.module.css';

/** An icon for each state, so that no state is shown by colour alone. Active states are shown as a moving dot instead. */
const shapes: Partial<Record<SeenState, LucideIcon>> = {
  queued: Clock3,
  'waiting-slot': Hourglass,
  retrying: RotateCw,
  suspended: Pause,
  'waiting-person': UserRound,
  breakpoint: OctagonPause,
  silent: VolumeX,
  paused: Ban,
  done: Check,
  failed: X,
  skipped: Minus,
  cancelled: Square,
  cached: Recycle,
};

/** The icon of a state in its colour. */
export const StateMark = memo(function StateMark({ state }: { readonly state: SeenState }): ReactElement {
  const Shape = shapes[state];
  return (
    <span className="state-mark centred" data-state={state} aria-hidden>
      {Shape === undefined ? <span className={styles['state-dot']} /> : <Shape size={11} strokeWidth={3} />}
    </span>
  );
});
