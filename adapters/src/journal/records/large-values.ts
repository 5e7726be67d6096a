import {
  createPace,
  HeddleError,
  isPlainObject,
  jsonPieces,
  readJson,
  sizeWithin,
  toErrorValue,
  type Blobs,
  type LostValue,
  type ValueSize,
} from '@heddle/core';
import { inSlices, yieldToEventLoop } from '../../event-loop/in-slices.js';
import { toStorageError } from '../../database/storage-error.js';

/** Values whose JSON has more bytes than this are stored as blobs, once for each content. */
const largestInline = 64 * 1024;

/** What has more is large, whatever it is; it is not written to find that out. */
const perhapsSmall: ValueSize = { values: 32 * 1024, characters: largestInline };

/** Where in a stored object a value stood. */
type ValuePath = readonly string[];

/** An object as JSON, without its large values. */
export interface StoredJson {
  readonly text: string;
  /** What must be stored as blobs before `text` means anything; undefined where nothing is large. */
  readonly large: readonly LargeValue[] | undefined;
}

/** A value that is written later, in pieces. The caller must not change it until the append is answered. */
export interface LargeValue {
  readonly path: ValuePath;
  readonly value: unknown;
}

/** Writes an object as JSON and takes its large values out: those of its ports (`outputs`, `inputs`), else whole fields. */
export function toStoredJson(value: Readonly<Record<string, unknown>>): StoredJson {
  if (sizeWithin(value, perhapsSmall) !== undefined) {
    const text = JSON.stringify(value);
    if (!isLarge(text)) return { text, large: undefined };
  }
  const large: LargeValue[] = [];
  return { text: JSON.stringify(withoutLarge(value, [], large)), large: large.length === 0 ? undefined : large };
}

/**
 * Stores large values, which are written in pieces. Returns the text of the `blobs` column: pairs of location and blob id.
 *
 * Errors: `storage_*`, `node_output_invalid` for what JSON does not have.
 */
export async function storeLarge(large: readonly LargeValue[], blobs: Blobs): Promise<string> {
  const pairs = await Promise.all(
    large.map(async ({ path, value }): Promise<[ValuePath, string]> => [
      path,
      (await blobs.put(await writeInSlices(value, path), { name: 'value.json', mediaType: 'application/json' })).id,
    ]),
  );
  return JSON.stringify(pairs);
}

/** Characters that are written without a pause. */
const stretch = 64 * 1024;

async function writeInSlices(value: unknown, path: ValuePath): Promise<Uint8Array> {
  const written: Buffer[] = [];
  const isDue = createPace(stretch);
  try {
    for (const piece of jsonPieces(value)) {
      written.push(Buffer.from(piece));
      if (isDue(piece.length)) await yieldToEventLoop();
    }
  } catch (error) {
    const message = `What a node gave (${path.join('.')}) cannot be stored: ${String(error)}. Give plain JSON.`;
    throw new HeddleError('node_output_invalid', message, { cause: error });
  }
  return Buffer.concat(written);
}

/** Bytes of JSON that are read at once. */
const mostAtOnce = 1024 * 1024;

function readInSlices(content: Uint8Array): unknown {
  const text = new TextDecoder().decode(content);
  return content.byteLength <= mostAtOnce ? JSON.parse(text) : inSlices(readJson(text));
}

/** What becomes of values that cannot be read. */
export interface LostValues {
  /** A lost value is replaced by a `LostValue`, instead of an error. */
  readonly showsLost?: boolean;
  readonly onLost?: (path: string, reason: string) => void;
}

/** Puts large values back to where they stood. Errors: `storage_*`. */
export async function restoreLarge(
  value: Record<string, unknown>,
  column: string,
  blobs: Blobs,
  { showsLost = false, onLost }: LostValues = {},
): Promise<void> {
  // Written by storeLarge.
  const pairs = JSON.parse(column) as readonly (readonly [ValuePath, string])[];
  await Promise.all(
    pairs.map(async ([path, id]) => {
      try {
        put(value, path, await readInSlices(await blobs.get(id)));
      } catch (error) {
        const lost = lostValue(error, path, id);
        if (lost.code !== 'storage_corrupt') throw lost;
        onLost?.(`blobs/${id}`, lost.message);
        if (!showsLost) throw lost;
        const replacement = { lost: toErrorValue(lost) } satisfies LostValue;
        // Clients show whole fields as texts and numbers, so a whole field gets the message alone.
        put(value, path, portFields.has(path[0] ?? '') || path[0] === 'value' ? replacement : lost.message);
      }
    }),
  );
}

/** A value that is not there is as lost as one that is damaged. */
function lostValue(error: unknown, path: ValuePath, id: string): HeddleError {
  if (!(error instanceof HeddleError)) return toStorageError(error, id);
  if (error.code !== 'blob_not_found') return error;
  return new HeddleError(
    'storage_corrupt',
    `The stored value ${id} (${path.join('.')}) is missing: restore it from a backup, or run again what made it.`,
    { cause: error, details: { id } },
  );
}

const portFields: ReadonlySet<string> = new Set(['outputs', 'inputs']);

/** A copy without its large parts: at most `field.port.value` deep, which is where labelled values are. */
function withoutLarge(
  value: Readonly<Record<string, unknown>>,
  path: ValuePath,
  large: LargeValue[],
): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const here = [...path, key];
    // What is looked into is not written as a whole: each value is written once.
    if (isPlainObject(entry) && isInside(here)) {
      define(rest, key, withoutLarge(entry, here, large));
      continue;
    }
    if (sizeWithin(entry, perhapsSmall) === undefined) {
      large.push({ path: here, value: entry });
      continue;
    }
    const text = JSON.stringify(entry) as string | undefined; // undefined for what JSON leaves out
    if (text === undefined) continue;
    if (!isLarge(text)) define(rest, key, entry);
    else large.push({ path: here, value: entry });
  }
  return rest;
}

/** Ports and labelled values are looked into; any other large thing is taken out whole. */
function isInside(path: ValuePath): boolean {
  const [field = ''] = path;
  return portFields.has(field) ? path.length <= 2 : field === 'value' && path.length === 1;
}

function isLarge(text: string): boolean {
  // A UTF-16 unit has at most three bytes, so most texts need no counting.
  return text.length * 3 > largestInline && Buffer.byteLength(text) > largestInline;
}

function put(target: Record<string, unknown>, path: ValuePath, value: unknown): void {
  let inner = target;
  for (const key of path.slice(0, -1)) {
    const next = inner[key];
    if (isPlainObject(next)) inner = next; // ours alone: it was parsed a moment ago
  }
  define(inner, path[path.length - 1] ?? '', value);
}

/** Sets an own property, also one named `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
