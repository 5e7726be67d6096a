import type { PortDescription, PortTypeName } from '@heddle/core';
import type { CatalogState } from '../catalog-store.js';
import type { DocumentState } from '../document-store.js';
import { refusalOf } from '../edit/connect.js';
import { portAtEnd, portsOfNode, titleOfNode } from './ports-in.js';

type State = Pick<DocumentState, 'document' | 'compiled'>;

/** An entry of a list: a port where an edge can start or end. */
export interface OpenEnd {
  /** For example `answer.text`: the node and the port. */
  readonly id: string;
  readonly group: string;
  readonly side: 'output' | 'input';
  readonly nodeTitle: string;
  readonly port: string;
  readonly type: PortTypeName;
  /** A note that the list shows beside the port. */
  readonly note: string | undefined;
  readonly text: string;
  /** The two ports of the edge, if both are known. */
  readonly output: PortDescription | undefined;
  readonly input: PortDescription | undefined;
}

/** The ports of the given nodes, or of all nodes if none are given. Outputs come first. */
export function openEnds(state: State, byType: CatalogState['byType'], nodeIds: readonly string[]): readonly OpenEnd[] {
  const ids = nodeIds.length === 0 ? Object.keys(state.document?.nodes ?? {}) : nodeIds;
  return ids.flatMap((id) => {
    const ports = portsOfNode(state, byType, id);
    return [
      ...(ports?.outputs ?? []).map((port) => endOf(state, byType, id, port, 'output')),
      ...(ports?.inputs ?? []).map((port) => endOf(state, byType, id, port, 'input')),
    ];
  });
}

/** The ports to which an edge can go from one port. Ports of the same type come first. */
export function partnersOf(
  state: State,
  byType: CatalogState['byType'],
  from: { readonly end: string; readonly side: 'output' | 'input' },
): readonly OpenEnd[] {
  const { document } = state;
  const own = portAtEnd(state, byType, from.end, from.side);
  if (document === undefined || own === undefined) return [];
  const side = from.side === 'output' ? 'input' : 'output';
  const fitting = openEnds(state, byType, [])
    .filter((end) => end.side === side)
    .flatMap((end): OpenEnd[] => {
      const other = side === 'input' ? end.input : end.output;
      const [output, input] = side === 'input' ? [own, other] : [other, own];
      const [start, goal] = side === 'input' ? [from.end, end.id] : [end.id, from.end];
      if (refusalOf(document, { from: start, to: goal, output, input }) !== undefined) return [];
      const isTaken = side === 'input' && other?.mode !== 'many' && document.edges.some((edge) => edge.to === end.id);
      return [{ ...end, output, input, note: isTaken ? 'replaces its edge' : end.note }];
    });
  return [...fitting.filter((end) => end.type === own.type), ...fitting.filter((end) => end.type !== own.type)];
}

function endOf(
  state: State,
  byType: CatalogState['byType'],
  nodeId: string,
  port: PortDescription,
  side: 'output' | 'input',
): OpenEnd {
  const nodeTitle = titleOfNode(state, byType, nodeId);
  return {
    id: `${nodeId}.${port.name}`,
    group: '',
    side,
    nodeTitle,
    port: port.name,
    type: port.type,
    note: port.isOptional && side === 'input' ? 'optional' : undefined,
    text: `${nodeTitle} ${nodeId} ${port.name} ${port.title ?? ''} ${port.type} ${side}`.toLowerCase(),
    output: side === 'output' ? port : undefined,
    input: side === 'input' ? port : undefined,
  };
}
