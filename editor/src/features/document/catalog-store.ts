import type { NodeDescription } from '@heddle/core';
import { createStore } from 'zustand/vanilla';

export interface CatalogState {
  /** Node types by name, in the server's order. */
  readonly byType: ReadonlyMap<string, NodeDescription>;
  readonly isLoaded: boolean;
}

/** A store of node types, empty until they are loaded. */
export function createCatalogStore() {
  return createStore<CatalogState>(() => ({ byType: new Map(), isLoaded: false }));
}
export type CatalogStore = ReturnType<typeof createCatalogStore>;

/** Stores the reply of `GET /api/nodes`. */
export function showCatalog(store: CatalogStore, nodes: readonly NodeDescription[]): void {
  store.setState({ byType: new Map(nodes.map((node) => [node.type, node])), isLoaded: true });
}
