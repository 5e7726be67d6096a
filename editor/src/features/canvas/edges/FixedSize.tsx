import { EdgeLabelRenderer, useStore } from '@xyflow/react';
import type { ComponentProps, ReactElement } from 'react';

/** An element in the middle of an edge that has the same size on screen at every zoom level. */
export function FixedSize({
  x,
  y,
  ...rest
}: { readonly x: number; readonly y: number } & Omit<ComponentProps<'div'>, 'style'>): ReactElement {
  const scale = useStore((store) => 1 / store.transform[2]);
  return (
    <EdgeLabelRenderer>
      <div {...rest} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale})` }} />
    </EdgeLabelRenderer>
  );
}
