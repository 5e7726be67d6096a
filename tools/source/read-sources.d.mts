import type { SourceFile } from 'typescript';
import type { CodeFile } from './list-files.mjs';

export interface ParsedFile extends CodeFile {
  readonly text: string;
  readonly tree: SourceFile;
}
export function readSources(folder: string): ParsedFile[];
export function parse(file: CodeFile, text: string): ParsedFile;
