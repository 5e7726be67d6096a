import { referencesOfNode, type DocumentNode, type NodeCatalog, type WorkflowDocument } from '@heddle/core';

/** Kinds of things that nodes name and that can be renamed. */
type Named = 'workflow' | 'collection';

/**
 * Gives a document in which all nodes, also in inner workflows, name a workflow or collection by its new name; undefined if no node names
 * it. In a node with invalid settings, all members whose name is the kind are changed.
 *
 * @example followName(document, catalog, { kind: 'workflow', from: 'new-workflow', to: 'greet' })
 */
export function followName(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  change: { readonly kind: Named; readonly from: string; readonly to: string },
): WorkflowDocument | undefined {
  const copy = structuredClone(document);
  const graphs = [copy, ...Object.values(copy.workflows ?? {})];
  const nodes = graphs.flatMap((graph) => Object.values(graph.nodes));
  const moved = nodes.filter((node) => followIn(node, catalog, change));
  return moved.length === 0 ? undefined : copy;
}

function followIn(
  node: DocumentNode,
  catalog: NodeCatalog,
  { kind: wanted, from, to }: Parameters<typeof followName>[2],
): boolean {
  const fields = referencesOfNode(node, catalog)
    .filter(({ kind, id }) => kind === wanted && id === from)
    .map(({ field }) => field.split('.'));
  const isReadable = catalog.get(node.type)?.config.safeParse(node.config).success === true;
  const paths = isReadable ? fields : pathsTo(wanted, node.config);
  return paths.filter((path) => replaceAt(node.config, path, from, to)).length > 0;
}

/** Sets the member at a path if it has the former value. */
function replaceAt(value: unknown, [name, ...rest]: readonly string[], from: string, to: string): boolean {
  if (typeof value !== 'object' || value === null || name === undefined || !Object.hasOwn(value, name)) return false;
  const member: unknown = Reflect.get(value, name);
  if (rest.length > 0) return replaceAt(member, rest, from, to);
  return member === from && Reflect.set(value, name, to);
}

/** Finds the paths of all members with a name. */
function pathsTo(wanted: string, value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(name === wanted ? [[name]] : []),
    ...pathsTo(wanted, member).map((path) => [name, ...path]),
  ]);
}
