import type { ParsedFile } from '../read-sources.mjs';

export function loneExports(
  files: readonly ParsedFile[],
  scriptNames: ReadonlySet<string>,
): { path: string; line: number; text: string }[];
