/** API paths that the last release renamed, with their new prefix. Remove them with the next release. */
const paths: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/asks(?=$|[/?])/, '/api/human-inputs'],
  [/^(\/api\/runs\/[^/]+)\/asks(?=\/)/, '$1/human-inputs'],
  [/^\/api\/stops(?=$|[/?])/, '/api/kill-switches'],
];

/** The new path, if this path was renamed; otherwise undefined. */
export function renamedPath(path: string): string | undefined {
  const found = paths.find(([old]) => old.test(path));
  return found === undefined ? undefined : path.replace(...found);
}

/** Commands that the last release renamed, with their new names. */
export const renamedCommands: ReadonlyMap<string, string> = new Map([['asks', 'inbox']]);
