import type { WorkflowSketch } from '@heddle/core';
import type { ReactElement } from 'react';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { Sketch } from '../Sketch.js';

/** A small picture of a workflow's graph with the icons of its nodes. */
export function Picture({
  sketch,
  count,
  status,
}: {
  readonly sketch: WorkflowSketch | undefined;
  readonly count: number;
  readonly status?: string | undefined;
}): ReactElement {
  const icons = sketch?.icons;
  const iconOf = (index: number): ReactElement => {
    const [icon, category] = icons?.[index] ?? [];
    return <NodeIcon icon={icon} category={category} size={64} />;
  };
  return <Sketch sketch={sketch} count={count} status={status} iconOf={icons === undefined ? undefined : iconOf} />;
}
