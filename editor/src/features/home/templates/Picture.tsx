import type { WorkflowSketch } from '@heddle/core';
import type { ReactElement } from 'react';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { Sketch } from '../Sketch.js';

/** The graph of a workflow with the icons of its nodes. */
export function Picture({
  sketch,
  count,
  status,
}: {
  readonly sketch: WorkflowSketch | undefined;
  /** The number of nodes. */
  readonly count: number;
  /** The state of the last run. */
  readonly status?: string | undefined;
}): ReactElement {
  const icons = sketch?.icons;
  const iconOf = (index: number): ReactElement => {
    const [icon, category] = icons?.[index] ?? [];
    return <NodeIcon icon={icon} category={category} size={64} />;
  };
  return <Sketch sketch={sketch} count={count} status={status} iconOf={icons === undefined ? undefined : iconOf} />;
}
