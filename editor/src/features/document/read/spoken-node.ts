import { splitEnd, type WorkflowDocument } from '@heddle/core';
import type { CatalogState } from '../catalog-store.js';
import { titleOfNode } from './ports-in.js';

interface Chosen {
  readonly nodes: readonly string[];
  readonly edges: readonly string[];
  readonly notes: readonly string[];
  readonly groups: readonly string[];
}

/** Describes the selection for screen readers; for a single node, includes its connections. */
export function stateText(
  document: WorkflowDocument,
  byType: CatalogState['byType'],
  { nodes, edges, notes, groups }: Chosen,
): string {
  const count = nodes.length + edges.length + notes.length + groups.length;
  if (count === 0) return '';
  if (count > 1) return `${count} items selected`;
  if (nodes[0] !== undefined) return nodeText(document, byType, nodes[0]);
  if (edges[0] !== undefined) return `Edge from ${edges[0].replace('->', ' to ')}`;
  const note = document.layout?.notes.find(({ id }) => id === notes[0]);
  if (note !== undefined) return `Note: ${note.text === '' ? 'empty' : note.text.slice(0, 200)}`;
  const group = document.layout?.groups.find(({ id }) => id === groups[0]);
  return group === undefined
    ? ''
    : `Group ${group.title}, ${group.nodes.length} nodes${group.collapsed === true ? ', collapsed' : ''}`;
}

function nodeText(document: WorkflowDocument, byType: CatalogState['byType'], id: string): string {
  const title = (node: string): string => titleOfNode({ document }, byType, node);
  const node = document.nodes[id];
  if (node === undefined) return '';
  const type = byType.get(node.type)?.title ?? node.type;
  const into = document.edges
    .filter(({ to }) => splitEnd(to)?.node === id)
    .map(({ from, to }) => `${splitEnd(to)?.port ?? ''} from ${title(splitEnd(from)?.node ?? '')}`);
  const out = document.edges
    .filter(({ from }) => splitEnd(from)?.node === id)
    .map(({ from, to }) => `${splitEnd(from)?.port ?? ''} to ${title(splitEnd(to)?.node ?? '')}`);
  return [
    `${title(id)}${title(id) === type ? '' : `, ${type}`}${node.run?.disabled === true ? ', bypassed' : ''}.`,
    into.length === 0 ? 'No inputs.' : `Inputs: ${into.join(', ')}.`,
    out.length === 0 ? 'No outputs.' : `Outputs: ${out.join(', ')}.`,
  ].join(' ');
}
