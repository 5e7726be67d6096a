export type FileKind = 'source' | 'test' | 'fixture' | 'generated';
export interface CodeFile {
  /** Relative to the folder of the repository. */
  readonly path: string;
  readonly package: string;
  readonly kind: FileKind;
}
export const packages: readonly string[];
export function kindOf(path: string): FileKind | undefined;
export function listFiles(folder: string): CodeFile[];
