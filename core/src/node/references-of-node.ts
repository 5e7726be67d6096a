import type { DocumentNode } from '../document/workflow-document.js';
import type { NodeCatalog } from './catalog.js';
import type { NodeReference } from './node-definition.js';

/** The references of a node; empty if its config cannot be read. */
export function referencesOfNode(
  { type, config }: Pick<DocumentNode, 'type' | 'config'>,
  catalog: NodeCatalog,
): readonly NodeReference[] {
  const definition = catalog.get(type);
  const parsed = definition?.config.safeParse(config);
  return definition?.references === undefined || parsed?.success !== true ? [] : definition.references(parsed.data);
}
