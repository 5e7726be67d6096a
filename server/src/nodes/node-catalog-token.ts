/** Injects the catalog of node types, a `NodeCatalog`. */
export const NODE_CATALOG = Symbol('node catalog');
