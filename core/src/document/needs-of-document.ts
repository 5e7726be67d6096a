import { TemplateNeedKind, type TemplateNeed } from '../api/templates/template.js';
import type { NodeCatalog } from '../node/catalog.js';
import type { NodeReference } from '../node/node-definition.js';
import { referencesOfNode } from '../node/references-of-node.js';
import { splitModelId } from '../ports/connection.js';
import { isToolName } from '../ports/tool-servers.js';
import type { DocumentEdge, DocumentNode, InnerWorkflow, WorkflowDocument } from './workflow-document.js';

type Graph = Pick<InnerWorkflow, 'nodes' | 'edges'>;

/** Needs that do not follow from the workflow itself: what starts its runs. */
export const triggerNeeds: ReadonlySet<TemplateNeed['kind']> = new Set(['webhook', 'schedule']);

/**
 * Lists what a workflow needs, as far as its document shows, without duplicates and in the order of the kinds.
 *
 * @example needsOfDocument(document, catalog) // [{ kind: 'model', target: 'smollm2-135m' }, { kind: 'collection', target: 'handbook' }]
 */
export function needsOfDocument(document: WorkflowDocument, catalog: NodeCatalog): readonly TemplateNeed[] {
  const graphs: readonly Graph[] = [document, ...Object.values(document.workflows ?? {})];
  const needs = graphs.flatMap(({ nodes, edges }) =>
    Object.entries(nodes).flatMap(([id, node]) => needsOfNode(id, node, edges, catalog)),
  );
  const unique = [...new Map(needs.map((need) => [`${need.kind} ${need.target}`, need])).values()];
  const order = TemplateNeedKind.options;
  return unique.sort(
    (a, b) =>
      order.indexOf(a.kind) - order.indexOf(b.kind) || (a.target === b.target ? 0 : a.target < b.target ? -1 : 1),
  );
}

/** The need behind a node's reference; undefined for a part of another need, such as one tool of a tool server. */
export function needOfReference({ kind, id }: NodeReference): TemplateNeed | undefined {
  switch (kind) {
    case 'model':
    case 'embedder':
    case 'reranker':
    case 'classifier': {
      const { connection } = splitModelId(id);
      return connection === undefined ? { kind: 'model', target: id } : { kind: 'connection', target: connection };
    }
    case 'tool':
      return isToolName(id) ? undefined : { kind, target: id };
    case 'workflow':
      return id.startsWith('#') ? undefined : { kind, target: id };
    case 'collection':
    case 'connection':
    case 'network':
    case 'person':
    case 'policy':
    case 'secret':
      return { kind, target: id };
  }
}

function needsOfNode(
  id: string,
  node: DocumentNode,
  edges: readonly DocumentEdge[],
  catalog: NodeCatalog,
): readonly TemplateNeed[] {
  const referred = referencesOfNode(node, catalog).flatMap((reference) => needOfReference(reference) ?? []);
  const needs: TemplateNeed[] = [...referred];
  // The type of a node from a package contains the name of its package.
  if (node.type.includes('/')) needs.push({ kind: 'node', target: node.type });
  if (asksPeople(node) && referred.every(({ kind }) => kind !== 'person')) needs.push({ kind: 'person', target: '*' });
  for (const target of foldersOf(id, node, edges)) needs.push({ kind: 'folder', target });
  return needs;
}

/** Whether a node waits for a person: a human input, a tool with approval, or a moderation that asks a person. */
function asksPeople({ type, config }: DocumentNode): boolean {
  if (type === 'human-input') return true;
  return /"(?:permission|action)":"ask"/.test(JSON.stringify(config));
}

/** The folders that a node reads: those in its settings, or `*` if a run decides. */
function foldersOf(id: string, { type, config }: DocumentNode, edges: readonly DocumentEdge[]): readonly string[] {
  if (type !== 'load') return [];
  const paths = config['paths'];
  const named = Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
  return edges.some(({ to }) => to === `${id}.paths`) ? ['*', ...named] : named;
}
