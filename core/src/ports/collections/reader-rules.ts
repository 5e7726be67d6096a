import { z } from 'zod';
import { Reader, readerKinds, Readers } from '../../access/readers.js';

/** Sets the readers of documents whose id begins with `prefix`. */
const PathRule = z.strictObject({ prefix: z.string().min(1).max(1_000), readers: Readers });

/** Takes the readers of a document from one of its metadata fields. */
const FieldRule = z.strictObject({
  /** A metadata field; dots separate the names of nested fields. */
  field: z.string().min(1).max(200),
  /** The kind of the names in the field, such as `oidc-group`. Without it, they are complete names such as `user:ID`. */
  kind: z.enum(readerKinds).optional(),
});

/** Sets the readers of documents that are imported without a list. The first matching rule applies. */
export const ReaderRules = z
  .strictObject({
    rules: z.array(z.union([PathRule, FieldRule])).max(200),
    /** Readers of documents that no rule matches; missing: everybody who may read the collection. */
    otherwise: Readers.optional(),
  })
  .meta({ id: 'ReaderRules' });
export type ReaderRules = z.infer<typeof ReaderRules>;

/**
 * The list that the rules give a document; undefined if they give none. A field without a valid name means nobody, so that a mistake closes
 * a document instead of opening it.
 *
 * @example readersByRules({ rules: [{ field: 'team', kind: 'group' }] }, { id: 'a', metadata: { team: 'g_1' } }) // ['group:g_1']
 */
export function readersByRules(
  { rules, otherwise }: ReaderRules,
  { id, metadata = {} }: { readonly id: string; readonly metadata?: Readonly<Record<string, unknown>> | undefined },
): readonly string[] | undefined {
  for (const rule of rules) {
    if ('prefix' in rule) {
      if (id.startsWith(rule.prefix)) return rule.readers;
      continue;
    }
    const value = fieldOf(metadata, rule.field);
    if (value !== undefined) return namesIn(value, rule.kind);
  }
  return otherwise;
}

function fieldOf(metadata: Readonly<Record<string, unknown>>, field: string): unknown {
  if (Object.hasOwn(metadata, field)) return metadata[field];
  let value: unknown = metadata;
  for (const part of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part]; // it has the member
  }
  return value;
}

function namesIn(value: unknown, kind: string | undefined): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => {
    if (typeof one !== 'string' && !Number.isSafeInteger(one)) return [];
    const { data } = Reader.safeParse(kind === undefined ? String(one) : `${kind}:${String(one)}`);
    return data === undefined ? [] : [data];
  });
}
