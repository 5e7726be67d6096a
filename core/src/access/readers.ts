import { z } from 'zod';

/** Kinds of names in a list of readers. */
export const readerKinds = ['user', 'service', 'key', 'group', 'oidc-group', 'end-user', 'end-user-group'] as const;
/** What a name in a list of readers can stand for. */
export type ReaderKind = (typeof readerKinds)[number];

/**
 * One name in a list of readers: `local`, `user:ID`, `service:ID`, `key:ID`, `group:ID`, `oidc-group:NAME`, `end-user:NAME`,
 * `end-user-group:NAME`. Names are compared character by character. Control and format characters are refused, because people cannot see
 * them.
 */
export const Reader = z
  .string()
  .max(300)
  .regex(
    /^(?:local|(?:user|service|key|group|oidc-group|end-user|end-user-group):[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,256})$/u,
    'It must be local, user:ID, service:ID, key:ID, group:ID, oidc-group:NAME, end-user:NAME or end-user-group:NAME.',
  )
  .meta({ id: 'Reader' });
export type Reader = z.infer<typeof Reader>;

/** Who may read a document. An empty list means nobody. */
export const Readers = z.array(Reader).max(10_000).meta({ id: 'Readers' });
export type Readers = z.infer<typeof Readers>;

/** Normalises a list of readers for storage: sorted, each name once. */
export const normalReaders = (readers: readonly string[]): string[] => [...new Set(readers)].sort();

/** Whether two lists name the same readers; null and undefined mean that everybody may read. */
export function sameReaders(
  one: readonly string[] | null | undefined,
  other: readonly string[] | null | undefined,
): boolean {
  if (one === undefined || one === null || other === undefined || other === null)
    return (one ?? null) === (other ?? null);
  const left = normalReaders(one);
  const right = normalReaders(other);
  return left.length === right.length && left.every((name, index) => name === right[index]);
}

/**
 * Whether a reader with these names may read a document with this list.
 *
 * @example mayRead(['group:g_1'], ['user:u_1', 'group:g_1']) // true
 */
export function mayRead(list: readonly string[] | null | undefined, names: readonly string[]): boolean {
  if (list === undefined || list === null) return true;
  const own = new Set(names);
  return list.some((reader) => own.has(reader));
}

/** The change of a document's list of readers in a write. */
export interface ReadersChange {
  /** The new list; null: everybody may read. */
  readonly list: readonly string[] | null;
  /** For a stored document: the list is changed only if it is still this one. Undefined: always changed. */
  readonly over?: readonly string[] | null;
}

/**
 * The list of a document after a write. If the write has no change, a stored document keeps its list. Stores apply this in the transaction
 * of the write.
 */
export function readersAfter(
  stored: { readonly readers?: readonly string[] | null | undefined } | undefined,
  change: ReadersChange | undefined,
): string[] | undefined {
  const kept = stored?.readers ?? null;
  const isChanged =
    change !== undefined && (stored === undefined || change.over === undefined || sameReaders(change.over, kept));
  const list = isChanged ? change.list : kept;
  return list === null ? undefined : normalReaders(list);
}

/** Marks values from a collection in which some documents have readers, because another person may get other values. */
export const readersMark = 'readers';
