import { HeddleError } from '../errors/heddle-error.js';
import type { NodeDefinition } from './node-definition.js';

/** The node types that a host knows. */
export interface NodeCatalog {
  get(type: string): NodeDefinition | undefined;
  list(): readonly NodeDefinition[];
}

/** Makes a catalog; a type may stand in it once. Errors: `custom_nodes_invalid`. */
export function createCatalog(definitions: readonly NodeDefinition[]): NodeCatalog {
  const byType = new Map<string, NodeDefinition>();
  for (const definition of definitions) {
    if (byType.has(definition.type)) {
      throw new HeddleError(
        'custom_nodes_invalid',
        `Node type '${definition.type}' is defined twice: give one of them another name.`,
      );
    }
    byType.set(definition.type, definition);
  }
  return { get: (type) => byType.get(type), list: () => [...byType.values()] };
}
