import { formatPath, isPlainObject, type Path, type PortTypeName } from '@heddle/core';

/** A path into a value, such as `[0].title`. */
interface InnerPath {
  /** The text that is added after the name of the value. */
  readonly text: string;
  readonly note: string;
}

const known: Readonly<Partial<Record<string, readonly (readonly [string, string])[]>>> = {
  Passages: [
    ['[0].text', 'text of the first passage'],
    ['[0].title', 'its title'],
    ['[0].document', 'its document'],
    ['[0].score', 'its score'],
  ],
  Messages: [
    ['[-1].content', 'last message'],
    ['[-1].role', 'its role'],
    ['[0].content', 'first message'],
  ],
  File: [
    ['.name', 'file name'],
    ['.mediaType', 'type'],
    ['.size', 'bytes'],
  ],
  Image: [
    ['.name', 'file name'],
    ['.mediaType', 'type'],
    ['.size', 'bytes'],
  ],
};
const mostPaths = 60;
const deepest = 4;

/** The paths into a value: those that its type has, and those of its value in the run that is shown. */
export function innerPaths(type: PortTypeName, sample: unknown): readonly InnerPath[] {
  const paths = (known[type] ?? []).map(([text, note]): InnerPath => ({ text, note }));
  const seen = new Set(paths.map(({ text }) => text));
  for (const found of walk(sample, [])) {
    if (paths.length >= mostPaths) break;
    // `formatPath` expects a name first; it is removed again.
    const text = formatPath(['x', ...found.path]).slice(1);
    if (seen.has(text)) continue;
    seen.add(text);
    paths.push({ text, note: found.note });
  }
  return paths;
}

interface Found {
  readonly path: Path;
  readonly note: string;
}

/** Visits all keys of objects, but only the first entry of lists. */
function* walk(value: unknown, path: Path): Generator<Found> {
  if (path.length >= deepest) return;
  if (Array.isArray(value)) {
    if (value.length === 0) return;
    const first: unknown = value[0];
    yield { path: [...path, 0], note: noteOf(first) };
    yield* walk(first, [...path, 0]);
    return;
  }
  if (!isPlainObject(value)) return;
  for (const [key, entry] of Object.entries(value).slice(0, 20)) {
    yield { path: [...path, key], note: noteOf(entry) };
    yield* walk(entry, [...path, key]);
  }
}

function noteOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (isPlainObject(value)) return 'object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 24)) : String(value);
}
