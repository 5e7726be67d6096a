import type { ParsedFile } from '../read-sources.mjs';

export function importCycles(files: readonly ParsedFile[]): { path: string; line: number; text: string }[];
export function runtimeCycles(files: readonly ParsedFile[]): { path: string; line: number; text: string }[];
