import type { WorkflowSketch } from '@heddle/core';
import { useContext, type ReactElement } from 'react';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { KnownNodes } from '../known-nodes.js';
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
  const byType = useContext(KnownNodes);
  const types = sketch?.types;
  const iconOf = (index: number): ReactElement => {
    const known = byType.get(types?.[index] ?? '');
    return <NodeIcon icon={known?.icon} category={known?.category} size={64} />;
  };
  return (
    <Sketch
      sketch={sketch}
      count={count}
      status={status}
      iconOf={types === undefined || byType.size === 0 ? undefined : iconOf}
    />
  );
}
