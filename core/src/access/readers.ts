import { z } from 'zod';

/** Kinds of names in a list of readers. */
export const readerKinds = ['user', 'service', 'key', 'group', 'oidc-group', 'end-user', 'end-user-group'] as const;
/** What a name in a list of readers stands for. */
export type ReaderKind = (typeof readerKinds)[number];

/**
 * One name in a list of readers: `local`, `user:ID`, `service:ID`, `key:ID`, `group:ID`, `oidc-group:NAME`, `end-user:NAME`,
 * `end-user-group:NAME`. Names are compared character by character; control and format characters, which nobody sees, are refused.
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

/** A list of readers as stores keep it: sorted, each name once. */
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
 * Whether somebody with these names may read a document with this list.
 *
 * @example mayRead(['group:g_1'], ['user:u_1', 'group:g_1']) // true
 */
export function mayRead(list: readonly string[] | null | undefined, names: readonly string[]): boolean {
  if (list === undefined || list === null) return true;
  const own = new Set(names);
  return list.some((reader) => own.has(reader));
}

/** What a write does to the list of a document. */
export interface ReadersChange {
  /** Null: everybody may read. */
  readonly list: readonly string[] | null;
  /** If the document is stored: the list is only changed where it still is this one. Without it, it is always changed. */
  readonly over?: readonly string[] | null;
}

/** The list of a document after a write: of a stored one, a write without a change keeps it. Stores apply this in the transaction of the write. */
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

/** The mark of values from a collection in which some documents have readers: another person may get other ones. */
export const readersMark = 'readers';
