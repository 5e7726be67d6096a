import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { memo, useMemo, type CSSProperties, type ReactElement } from 'react';
import { useDocument } from '../../session/index.js';
import { cardWidth } from '../../document/index.js';
import type { FlowEdge, FlowNode } from '../flow/flow-types.js';
import { typeColour } from '../../../ui/icons/type-colour.js';
import styles from '../canvas.module.css';

/** The edges of a large workflow at low zoom, drawn as one path for each colour instead of one for each edge. */
export const OverviewEdges = memo(function OverviewEdges({
  nodes,
  edges,
}: {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}): ReactElement {
  const store = useStoreApi<FlowNode, FlowEdge>();
  const ports = useDocument((state) => state.compiled?.ports);
  const colours = useMemo(() => {
    const known = new Map<string, string>();
    for (const [id, { outputs }] of Object.entries(ports ?? {}))
      for (const port of outputs) known.set(`${id}.${port.name}`, typeColour(port.type));
    return known;
  }, [ports]);
  const paths = useMemo(() => {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const byColour = new Map<string, string[]>();
    const { nodeLookup } = store.getState();
    for (const edge of edges) {
      const source = byId.get(edge.source);
      const target = byId.get(edge.target);
      if (source === undefined || target === undefined) continue;
      const x1 = source.position.x + cardWidth;
      const y1 =
        source.position.y + heightAt(nodeLookup.get(edge.source)?.internals.handleBounds?.source, edge.sourceHandle);
      const x2 = target.position.x;
      const y2 =
        target.position.y + heightAt(nodeLookup.get(edge.target)?.internals.handleBounds?.target, edge.targetHandle);
      const colour =
        colours.get(`${edge.data?.from.node ?? ''}.${edge.data?.from.port ?? ''}`) ?? typeColour(undefined);
      const list = byColour.get(colour) ?? [];
      byColour.set(colour, list);
      list.push(`M${x1} ${y1}L${x2} ${y2}`);
    }
    return [...byColour].map(([colour, parts]) => ({ colour, path: parts.join('') }));
  }, [nodes, edges, colours, store]);
  return (
    <ViewportPortal>
      <svg className={styles['overview-edges']} aria-hidden>
        {paths.map(({ colour, path }) => (
          // The colour depends on the data type.
          <path key={colour} d={path} style={{ '--type': colour } as CSSProperties} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

interface Bound {
  readonly id?: string | null;
  readonly y: number;
  readonly height: number;
}

/** The distance of a port from the card's upper border. */
function heightAt(handles: readonly Bound[] | null | undefined, id: string | null | undefined): number {
  const handle = handles?.find((candidate) => candidate.id === id);
  return handle === undefined ? 60 : handle.y + handle.height / 2;
}
