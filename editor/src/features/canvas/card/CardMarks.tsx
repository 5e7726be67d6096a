import { Pin, OctagonPause } from 'lucide-react';
import { memo, type ReactElement, useContext } from 'react';
import { useStore } from 'zustand';
import { useSession } from '../../session/index.js';
import { ScopeContext } from '../../run/index.js';
import styles from '../canvas.module.css';

/** The test settings of a node: pinned output, breakpoint. */
export const CardMarks = memo(function CardMarks({ id }: { readonly id: string }): ReactElement | null {
  const { trials } = useSession().runs;
  const isNested = useContext(ScopeContext) !== '';
  const isPinned = useStore(trials, (state) => Object.hasOwn(state.pins, id));
  const isBreakpoint = useStore(trials, (state) => state.breakpoints.includes(id));
  const isOff = useStore(trials, (state) => state.isOff);
  if (isNested || (!isPinned && !isBreakpoint)) return null;
  return (
    <span className={styles['card-marks']} data-off={isOff || undefined}>
      {isBreakpoint ? (
        <span
          className={styles['card-mark']}
          data-kind="breakpoint"
          data-tip={isOff ? 'Breakpoint (off)' : 'Test runs pause before this node'}
        >
          <OctagonPause size={14} aria-hidden />
          <span className="visually-hidden">Breakpoint</span>
        </span>
      ) : null}
      {isPinned ? (
        <span
          className={styles['card-mark']}
          data-kind="pin"
          data-tip={isOff ? 'Pinned output (off)' : 'Test runs use the pinned output'}
        >
          <Pin size={14} aria-hidden />
          <span className="visually-hidden">Pinned output</span>
        </span>
      ) : null}
    </span>
  );
});
