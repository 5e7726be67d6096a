import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A chunk of a build: its name without the content hash, and its compressed size. */
export interface Chunk {
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
}

/**
 * Lists the scripts of the built index page and the chunks in `besides`, with all their static imports: what must load before the page shows
 * anything.
 */
export function staticChunks(folder: string, besides: readonly string[] = []): readonly Chunk[] {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => join(folder, path));
  const found = new Map<string, Buffer>();
  const take = (file: string): void => {
    if (found.has(file)) return;
    const bytes = readFileSync(file);
    found.set(file, bytes);
    for (const [, path = ''] of bytes.toString('utf8').matchAll(/(?:\bimport|\bfrom)"\.\/([^"]+\.js)"/g))
      take(join(file, '..', path));
  };
  [...first, ...besides].forEach(take);
  return [...found].map(([file, bytes]) => ({
    file,
    name: basename(file).replace(/-[\w-]{8}\.js$/, ''),
    bytes: gzipSync(bytes, { level: 9 }).length,
  }));
}

/** The maximum total size of chunks, and the sizes of the most important ones when the maximum was set. */
export interface Budget {
  readonly bytes: number;
  readonly known: Readonly<Record<string, number>>;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** Describes by how much chunks exceed the budget and which ones grew; undefined if they do not exceed it. */
export function overBudget(
  what: string,
  chunks: readonly Omit<Chunk, 'file'>[],
  { bytes, known }: Budget,
): string | undefined {
  const sum = chunks.reduce((before, chunk) => before + chunk.bytes, 0);
  if (sum <= bytes) return undefined;
  const grown = chunks
    .map((chunk) => ({ ...chunk, by: chunk.bytes - (known[chunk.name] ?? 0) }))
    .sort((a, b) => b.by - a.by)
    .slice(0, 4)
    .map(({ name, bytes: now, by }) => `  ${name}: ${kilobytes(now)}, ${kilobytes(by)} more than known`);
  return [
    `${what} needs ${kilobytes(sum)} of JavaScript (gzip) before it shows anything; it may need ${kilobytes(bytes)}. What grew most:`,
    ...grown,
    'To see what a chunk holds: `cd editor && npx vite build --sourcemap --outDir /tmp/first-load`, then `sources` in its .map.',
    'What the page does not show at first belongs behind `latePart` (editor/src/ui/navigation/lazy-page.ts).',
  ].join('\n');
}
