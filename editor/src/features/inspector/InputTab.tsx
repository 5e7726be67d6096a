import { Citation, splitEnd, type LabelledValue } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { z } from 'zod';
import { useInputSources, InputValue } from '../executions/index.js';
import { useExecution, useRunHead } from '../run/index.js';
import { useDocument } from '../session/index.js';

const Citations = z.array(Citation).min(1);

/** The inputs of a node in the run that is shown. Passages that the node cited are marked. */
export function InputTab({ nodeId }: { readonly nodeId: string }): ReactElement {
  const head = useRunHead();
  const execution = useExecution(nodeId);
  const outputs = execution?.outputs;
  const edges = useDocument((state) => state.document?.edges);
  const isConnected = useMemo(() => (edges ?? []).some((edge) => splitEnd(edge.to)?.node === nodeId), [edges, nodeId]);
  const sources = useInputSources(nodeId, execution?.path);
  const citations = useMemo(() => citationsOf(outputs), [outputs]);
  if (!isConnected) return <p className="quiet">This node has no connections.</p>;
  if (head === undefined) return <p className="quiet">Run the workflow to see the inputs of this node.</p>;
  return (
    <div className="values">
      {sources.map(({ edge, path }) => (
        <InputValue key={`${edge.from} ${edge.to}`} from={edge.from} to={edge.to} path={path} citations={citations} />
      ))}
    </div>
  );
}

function citationsOf(outputs: Readonly<Record<string, LabelledValue>> | undefined): readonly Citation[] | undefined {
  for (const labelled of Object.values(outputs ?? {})) {
    const parsed = Citations.safeParse(labelled.value);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}
