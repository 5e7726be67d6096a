import type { ParsedFile } from '../read-sources.mjs';

export function forbiddenImports(files: readonly ParsedFile[]): { path: string; line: number; text: string }[];
