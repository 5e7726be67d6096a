import { splitEnd, type PortDescription } from '@heddle/core';
import type { CatalogState } from '../catalog-store.js';
import type { DocumentState } from '../document-store.js';
import type { NodePorts } from './ports-of.js';

/** The ports of a node: from the compiler, or from its type if it was not compiled. Undefined if both are unknown. */
export function portsOfNode(
  { document, compiled }: Pick<DocumentState, 'document' | 'compiled'>,
  byType: CatalogState['byType'],
  nodeId: string,
): NodePorts | undefined {
  return compiled?.ports[nodeId] ?? byType.get(document?.nodes[nodeId]?.type ?? '');
}

/** The port at an end such as `answer.text`; undefined if it is unknown. */
export function portAtEnd(
  state: Pick<DocumentState, 'document' | 'compiled'>,
  byType: CatalogState['byType'],
  end: string,
  side: 'output' | 'input',
): PortDescription | undefined {
  const parts = splitEnd(end);
  const ports = parts === undefined ? undefined : portsOfNode(state, byType, parts.node);
  return ports?.[side === 'output' ? 'outputs' : 'inputs'].find((port) => port.name === parts?.port);
}

/** The display name of a node: its title, its type's title, or its id. */
export function titleOfNode(
  { document }: Pick<DocumentState, 'document'>,
  byType: CatalogState['byType'],
  nodeId: string,
): string {
  const node = document?.nodes[nodeId];
  return node?.title ?? byType.get(node?.type ?? '')?.title ?? nodeId;
}
