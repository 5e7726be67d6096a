/** Nest's injection token of the catalog of node types, a `NodeCatalog`. */
export const NODE_CATALOG = Symbol('node catalog');
