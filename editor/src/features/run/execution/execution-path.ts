/** A segment of an execution path: `node@iteration#key`. */
const segmentPattern = /^([a-z][a-z0-9_-]{0,63})(?:@(\d+(?:\.\d+)*))?(?:#(.*))?$/;

/** The iterations of the last segment, outermost first: `[0, 2]` for `rewrite@0.2`; empty outside loops. */
export function iterationsOf(path: string): readonly number[] {
  return iterationOf(path)?.split('.').map(Number) ?? [];
}

/** The iteration of the last segment as text: `0.2` for `rewrite@0.2`; undefined outside loops. */
export function iterationOf(path: string): string | undefined {
  return segmentPattern.exec(lastSegment(path))?.[2];
}

/** Whether an execution belongs to a nested run. */
export function isNested(path: string): boolean {
  return path.includes('/');
}

/** The nested run to which an execution belongs: `each@1#3` for `each@1#3/shout@0`. Empty for the outermost run. */
export function scopeOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

/** The node id of an execution path. */
export function nodeOf(path: string): string {
  const segment = lastSegment(path);
  return segmentPattern.exec(segment)?.[1] ?? segment;
}

/** The group that contains all executions of a node in one run: scope and node id, without the node's own iterations. */
export function groupOf(path: string): string {
  return groupIn(scopeOf(path), nodeOf(path));
}

/** The group of a node in the run with the given scope. */
export function groupIn(scope: string, nodeId: string): string {
  return scope === '' ? nodeId : `${scope}/${nodeId}`;
}

/** The execution that started a nested run, and its key: `each@1` and `3` for the scope `each@1#3`. */
export function parentExecutionOf(scope: string): { readonly path: string; readonly key: string } {
  const slash = scope.lastIndexOf('/');
  const hash = scope.indexOf('#', slash + 1);
  return hash === -1 ? { path: scope, key: '' } : { path: scope.slice(0, hash), key: scope.slice(hash + 1) };
}

/** The scopes of all nested runs from the outside to the given one, which is included. Empty for the outermost run. */
export function scopesTo(scope: string): readonly string[] {
  if (scope === '') return [];
  const parts = scope.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
