import { ViewportPortal } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import type { SnapLine } from './snap-lines.js';

/** Lines that show with what a dragged card is in line. */
export const SnapLines = memo(function SnapLines({
  lines,
}: {
  readonly lines: readonly SnapLine[];
}): ReactElement | null {
  if (lines.length === 0) return null;
  return (
    <ViewportPortal>
      {lines.map(({ axis, at, from, to }) => (
        // Where a line lies follows from what is dragged.
        <div
          key={axis}
          className="snap-line"
          data-axis={axis}
          style={axis === 'x' ? { left: at, top: from, height: to - from } : { top: at, left: from, width: to - from }}
        />
      ))}
    </ViewportPortal>
  );
});
