import { ViewportPortal } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import type { SnapLine } from './flow/snap-lines.js';
import styles from './canvas.module.css';

/** Lines that show what a dragged card aligns with. */
export const SnapLines = memo(function SnapLines({
  lines,
}: {
  readonly lines: readonly SnapLine[];
}): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <ViewportPortal>
      {lines.map(({ axis, at, from, to }) => (
        // The position of a line depends on the dragged card.
        <div
          key={axis}
          className={styles['snap-line']}
          data-axis={axis}
          style={axis === 'x' ? { left: at, top: from, height: to - from } : { top: at, left: from, width: to - from }}
        />
      ))}
    </ViewportPortal>
  );
});
