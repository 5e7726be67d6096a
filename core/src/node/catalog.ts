import { HeddleError } from '../errors/heddle-error.js';
import type { NodeDefinition } from './node-definition.js';

/** The node types that a host knows. */
export interface NodeCatalog {
  get(type: string): NodeDefinition | undefined;
  /** The same list until a type changes. */
  list(): readonly NodeDefinition[];
}

/** A catalog whose types may change while it is in use: plans that were compiled before keep what they were compiled with. */
export interface ChangingCatalog extends NodeCatalog {
  /** Takes types out and puts definitions in, all or none. Errors: `custom_nodes_invalid`. */
  replace(types: readonly string[], definitions: readonly NodeDefinition[]): void;
}

/** Makes a catalog; a type may stand in it once. Errors: `custom_nodes_invalid`. */
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
          `Node type '${definition.type}' is defined twice: give one of them another name.`,
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
