import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A chunk of a build: its name without the mark of its content, and its size as it is sent. */
export interface Chunk {
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
}

/** The scripts of a built page and of the chunks beside them, with all that they import at once: what comes before anything is shown. */
export function staticChunks(folder: string, page: string, besides: readonly string[] = []): readonly Chunk[] {
  const html = readFileSync(join(folder, page), 'utf8');
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

/** What chunks may weigh together, and how heavy those were that mattered when this was set. */
export interface Budget {
  readonly bytes: number;
  readonly known: Readonly<Record<string, number>>;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

/** What is wrong where chunks weigh more than they may, with those that grew; undefined where they do not. */
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
