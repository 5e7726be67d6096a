/** One segment of an execution path: `node@iteration#key` (P1). */
const segmentPattern = /^([a-z][a-z0-9_-]{0,63})(?:@(\d+(?:\.\d+)*))?(?:#.*)?$/;

/** What groups executions on the canvas: the path without iterations, so that a node's iterations stand together and nested ones apart. */
export function leafOf(path: string): string {
  return path
    .split('/')
    .map((segment) => segmentPattern.exec(segment)?.[1] ?? segment)
    .join('/');
}

/** The iterations of the last segment, outermost first: `[0, 2]` of `rewrite@0.2`; empty outside loops. */
export function iterationsOf(path: string): readonly number[] {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return segmentPattern.exec(last)?.[2]?.split('.').map(Number) ?? [];
}

/** Whether an execution belongs to a run inside this run. */
export function isNested(path: string): boolean {
  return path.includes('/');
}
