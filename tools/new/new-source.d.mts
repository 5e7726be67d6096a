/** Makes a kind of source with its spec, and registers it. Returns the paths of changed files. */
export function newSource(root: string, name: string): string[];
