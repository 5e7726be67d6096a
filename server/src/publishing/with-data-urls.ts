import { isPlainObject, withoutUndefined } from '@heddle/core';

type Schema = Readonly<Record<string, unknown>>;

const dataUrl: Schema = {
  type: 'string',
  pattern: '^data:[^,]{0,400};base64,[A-Za-z0-9+/]{2}',
  description: 'The file itself, as a data URL in base64.',
};

/**
 * Extends the JSON schema of an input so that callers may send a file itself instead of a reference to a file.
 *
 * @example withDataUrls('Image', { $ref: '#/$defs/FileRef' }) // { anyOf: [{ $ref: '#/$defs/FileRef' }, { type: 'string', … }] }
 */
export function withDataUrls(type: string, schema: Schema): Schema {
  if (!/^(?:File|Image)/.test(type)) return schema;
  const { title, description, default: value, ...shape } = schema;
  const kept = withoutUndefined({ title, description, default: value });
  if (!type.endsWith('[]')) return { ...kept, anyOf: [shape, dataUrl] };
  const items = isPlainObject(shape['items']) ? shape['items'] : {};
  return { ...kept, ...shape, items: { anyOf: [items, dataUrl] } };
}
