import { Citation, FileRef, isPlainObject, Message, Passage, type PortTypeName } from '@heddle/core';

export type ValueKind =
  | { readonly kind: 'empty' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'passages'; readonly passages: readonly Passage[] }
  | { readonly kind: 'citations'; readonly citations: readonly Citation[] }
  | { readonly kind: 'messages'; readonly messages: readonly Message[] }
  | { readonly kind: 'files'; readonly files: readonly FileRef[] }
  | { readonly kind: 'vectors'; readonly vectors: readonly (readonly number[])[] }
  | { readonly kind: 'table'; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: 'tree' };

/** A list of numbers this long is a vector even without a port type. */
const leastVector = 16;
/** How many entries of a list are checked to find its kind. */
const sampled = 50;

/**
 * The kind of a value by its shape. The port type decides where the shape is ambiguous.
 *
 * @example kindOf('Hello', 'Text') // { kind: 'text', text: 'Hello' }
 */
export function kindOf(value: unknown, type?: PortTypeName): ValueKind {
  if (value === undefined || value === null || value === '') return { kind: 'empty' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', text: String(value) };
  const file = FileRef.safeParse(value);
  if (file.success) return { kind: 'files', files: [file.data] };
  const list: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
  return list === undefined ? { kind: 'tree' } : list.length === 0 ? { kind: 'empty' } : kindOfList(list, type);
}

function kindOfList(list: readonly unknown[], type: PortTypeName | undefined): ValueKind {
  const vectors = vectorsOf(list, type);
  if (vectors !== undefined) return { kind: 'vectors', vectors };
  const passages = allOf(list, Passage);
  if (passages !== undefined) return { kind: 'passages', passages };
  const citations = allOf(list, Citation);
  if (citations !== undefined) return { kind: 'citations', citations };
  const messages = allOf(list, Message);
  if (messages !== undefined) return { kind: 'messages', messages };
  const files = allOf(list, FileRef);
  if (files !== undefined) return { kind: 'files', files };
  return isRecords(list) ? { kind: 'table', rows: list } : { kind: 'tree' };
}

/** Parses all entries by a schema, or returns undefined. The first entry is checked first, to rule out other lists cheaply. */
function allOf<Value>(
  list: readonly unknown[],
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false } },
): readonly Value[] | undefined {
  if (!schema.safeParse(list[0]).success) return undefined;
  const found: Value[] = [];
  for (const entry of list) {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) return undefined;
    found.push(parsed.data);
  }
  return found;
}

function vectorsOf(
  list: readonly unknown[],
  type: PortTypeName | undefined,
): readonly (readonly number[])[] | undefined {
  if (isNumbers(list)) return type === 'Vector' || list.length >= leastVector ? [list] : undefined;
  if (
    list.slice(0, sampled).every((entry) => isNumbers(entry) && (type === 'Vector[]' || entry.length >= leastVector))
  ) {
    const vectors = list.filter(isNumbers);
    return vectors.length === list.length ? vectors : undefined;
  }
  return undefined;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'number');
}

function isRecords(list: readonly unknown[]): list is readonly Readonly<Record<string, unknown>>[] {
  return (
    list.every(isPlainObject) &&
    list.slice(0, sampled).some((entry) => isPlainObject(entry) && Object.keys(entry).length > 0)
  );
}
