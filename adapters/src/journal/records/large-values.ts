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

/** In bytes of JSON. Larger values are stored as blobs, each content once. */
const largestInline = 64 * 1024;

/** A value above these bounds is large in any case, so it is not serialised just to measure it. */
const perhapsSmall: ValueSize = { values: 32 * 1024, characters: largestInline };

/** The keys that lead to a value in a stored object. */
type ValuePath = readonly string[];

/** An object as JSON, without its large values. */
export interface StoredJson {
  readonly text: string;
  /** The values that must be stored as blobs before `text` is complete; undefined if none is large. */
  readonly large: readonly LargeValue[] | undefined;
}

/** A large value, which is written later in pieces. The caller must not change it until the append resolves. */
export interface LargeValue {
  readonly path: ValuePath;
  readonly value: unknown;
}

/** Serialises an object as JSON without its large values: values of its ports (`outputs`, `inputs`), or else whole fields. */
export function toStoredJson(value: Readonly<Record<string, unknown>>): StoredJson {
  if (sizeWithin(value, perhapsSmall) !== undefined) {
    const text = JSON.stringify(value);
    if (!isLarge(text)) return { text, large: undefined };
  }
  const large: LargeValue[] = [];
  return { text: JSON.stringify(withoutLarge(value, [], large)), large: large.length === 0 ? undefined : large };
}

/**
 * Stores large values in pieces. Returns the text of the `blobs` column: pairs of path and blob id.
 *
 * Errors: `storage_*`, `node_output_invalid` for a value that JSON cannot hold.
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

/** How many characters are written before the event loop gets a pause. */
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
    const message = `A value of a node (${path.join('.')}) cannot be stored: ${String(error)}. Return plain JSON.`;
    throw new HeddleError('node_output_invalid', message, { cause: error });
  }
  return Buffer.concat(written);
}

/** How many bytes of JSON are read at once. */
const mostAtOnce = 1024 * 1024;

function readInSlices(content: Uint8Array): unknown {
  const text = new TextDecoder().decode(content);
  return content.byteLength <= mostAtOnce ? JSON.parse(text) : inSlices(readJson(text));
}

/** How unreadable values are handled. */
export interface LostValues {
  /** Replaces a lost value by a `LostValue` instead of an error. */
  readonly showsLost?: boolean;
  readonly onLost?: (path: string, reason: string) => void;
}

/** Puts large values back into their object. Errors: `storage_*`. */
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

/** A missing value counts as lost, like a damaged one. */
function lostValue(error: unknown, path: ValuePath, id: string): HeddleError {
  if (!(error instanceof HeddleError)) return toStorageError(error, id);
  if (error.code !== 'blob_not_found') return error;
  return new HeddleError(
    'storage_corrupt',
    `The stored value ${id} (${path.join('.')}) is missing: restore it from a backup, or repeat the run that made it.`,
    { cause: error, details: { id } },
  );
}

const portFields: ReadonlySet<string> = new Set(['outputs', 'inputs']);

/** A copy without large parts. It descends at most to `field.port.value`, where labelled values are. */
function withoutLarge(
  value: Readonly<Record<string, unknown>>,
  path: ValuePath,
  large: LargeValue[],
): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(value)) {
    const here = [...path, key];
    // An object that is descended into is not serialised as a whole, so each value is serialised once.
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

/** Whether to descend into a value. Only ports and labelled values are split; any other large value is taken out whole. */
function isInside(path: ValuePath): boolean {
  const [field = ''] = path;
  return portFields.has(field) ? path.length <= 2 : field === 'value' && path.length === 1;
}

function isLarge(text: string): boolean {
  // A UTF-16 unit has at most three bytes, so most texts need not be measured.
  return text.length * 3 > largestInline && Buffer.byteLength(text) > largestInline;
}

function put(target: Record<string, unknown>, path: ValuePath, value: unknown): void {
  let inner = target;
  for (const key of path.slice(0, -1)) {
    const next = inner[key];
    if (isPlainObject(next)) inner = next; // Safe to change: it was just parsed and nobody else has it.
  }
  define(inner, path[path.length - 1] ?? '', value);
}

/** Sets an own property, also one named `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
