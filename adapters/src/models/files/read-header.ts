import { stat } from 'node:fs/promises';
import { checkGguf } from './gguf-header.js';

/** What a GGUF file says of itself; undefined where it cannot be read. */
export type ReadHeader = (file: string) => Promise<Record<string, string | number | boolean> | undefined>;

/** Longest text that is worth showing: chat templates run to thousands of characters. */
const longest = 500;

/** Reads heads of GGUF files, each file once until it changes. */
export function createHeaderReader(): ReadHeader {
  const known = new Map<string, { readonly key: string; readonly metadata: ReturnType<ReadHeader> }>();
  return async (file) => {
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    const key = `${found.size} ${found.mtimeMs}`;
    const before = known.get(file);
    if (before?.key === key) return before.metadata;
    const metadata = read(file);
    known.set(file, { key, metadata });
    return metadata;
  };
}

async function read(file: string): ReturnType<ReadHeader> {
  try {
    const { metadata } = await checkGguf(file);
    return Object.fromEntries(
      [...metadata].map(([name, value]) => [
        name,
        typeof value === 'string' && value.length > longest ? `${value.slice(0, longest)}…` : value,
      ]),
    );
  } catch {
    // A broken file is reported with its reason when it is loaded; a list must not fail because of it.
    return undefined;
  }
}
