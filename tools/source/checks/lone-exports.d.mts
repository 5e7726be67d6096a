import type { ParsedFile } from '../read-sources.mjs';

interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}
export function loneExports(files: readonly ParsedFile[], scriptNames: ReadonlySet<string>): Finding[];
export function loneReexports(
  files: readonly ParsedFile[],
  scriptNames: ReadonlySet<string>,
  documented?: ReadonlySet<string>,
): Finding[];
