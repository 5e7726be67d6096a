import { HeddleError } from '../errors/heddle-error.js';
import type { NodeDefinition } from './node-definition.js';

/** The node types of a host, by name. */
export interface NodeCatalog {
  get(type: string): NodeDefinition | undefined;
  /** Returns the same list until a type changes. */
  list(): readonly NodeDefinition[];
}

/** A catalog whose types can change. Plans that are already compiled keep their types. */
export interface ChangingCatalog extends NodeCatalog {
  /** Removes types and adds definitions, all or none. Errors: `custom_nodes_invalid`. */
  replace(types: readonly string[], definitions: readonly NodeDefinition[]): void;
}

/** Creates a catalog with unique types. Errors: `custom_nodes_invalid`. */
export function createCatalog(definitions: readonly NodeDefinition[]): ChangingCatalog {
  let byType = new Map<string, NodeDefinition>();
  let list: readonly NodeDefinition[] = [];
  const replace = (types: readonly string[], added: readonly NodeDefinition[]): void => {
    const next = new Map(byType);
    for (const type of types) next.delete(type);
    for (const definition of added) {
      if (next.has(definition.type)) {
        throw new HeddleError(
          'custom_nodes_invalid',
          `Node type '${definition.type}' is defined twice: rename one of them.`,
        );
      }
      next.set(definition.type, definition);
    }
    byType = next;
    list = [...next.values()];
  };
  replace([], definitions);
  return { get: (type) => byType.get(type), list: () => list, replace };
}
