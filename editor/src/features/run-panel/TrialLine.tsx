import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useDocument, useSession } from '../session/index.js';
import { clearTrials } from '../run/index.js';

/** The notice that test runs use pins and breakpoints, with buttons that remove them. Renders nothing without any. */
export function TrialLine(): ReactElement | null {
  const { trials } = useSession().runs;
  const { pins, breakpoints, isOff } = useStore(trials);
  const nodes = useDocument((state) => state.document?.nodes);
  const pinned = Object.keys(pins).filter((node) => nodes?.[node] !== undefined).length;
  const breakpointCount = breakpoints.filter((node) => nodes?.[node] !== undefined).length;
  if (pinned + breakpointCount === 0) return null;
  const text = [
    pinned === 0 ? '' : pinned === 1 ? '1 pinned output' : `${pinned} pinned outputs`,
    breakpointCount === 0 ? '' : breakpointCount === 1 ? '1 breakpoint' : `${breakpointCount} breakpoints`,
  ]
    .filter((word) => word !== '')
    .join(', ');
  return (
    <div className="spread gap-8">
      <label>
        <input
          type="checkbox"
          checked={!isOff}
          onChange={(event) => trials.setState({ isOff: !event.target.checked })}
        />{' '}
        Test run with {text}
      </label>
      <button type="button" className="topbar-link" onClick={() => clearTrials(trials)}>
        Remove
      </button>
    </div>
  );
}
