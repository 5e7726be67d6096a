import { z } from 'zod';
import { Reader, readerKinds, Readers } from '../../access/readers.js';

/** Who may read documents whose id begins with a path. */
const PathRule = z.strictObject({ prefix: z.string().min(1).max(1_000), readers: Readers });

/** Who may read documents that have a field: the field names them. */
const FieldRule = z.strictObject({
  /** A field of the metadata, with dots for fields inside. */
  field: z.string().min(1).max(200),
  /** What its values are, such as `oidc-group`. Without it, they are whole names such as `user:ID`. */
  kind: z.enum(readerKinds).optional(),
});

/** Sets readers of documents that come in without a list. The first rule that applies counts. */
export const ReaderRules = z
  .strictObject({
    rules: z.array(z.union([PathRule, FieldRule])).max(200),
    /** Readers of documents that no rule applies to; missing: everybody who may read the collection. */
    otherwise: Readers.optional(),
  })
  .meta({ id: 'ReaderRules' });
export type ReaderRules = z.infer<typeof ReaderRules>;

/**
 * The list that rules give a document; undefined where it has none. A field without a valid name in it means nobody: a mistake closes a document
 * and does not open it.
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
