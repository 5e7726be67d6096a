import { stat } from 'node:fs/promises';
import { checkGguf } from './gguf-header.js';

/** Reads the metadata of a GGUF file; undefined if the file cannot be read. */
export type ReadHeader = (file: string) => Promise<Record<string, string | number | boolean> | undefined>;

/** The longest text that is shown, in characters. Chat templates have thousands. */
const longest = 500;

/** Creates a reader of GGUF metadata. It reads each file once until the file changes. */
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
    // A broken file is reported when it is loaded. A list must not fail because of it.
    return undefined;
  }
}
