import { isPlainObject } from '@heddle/core';

type Schema = Readonly<Record<string, unknown>>;

const dataUrl: Schema = {
  type: 'string',
  pattern: '^data:',
  description: 'The file itself, as a data URL in base64.',
};

/**
 * The JSON schema of an input as callers may send it: in the place of a file's reference the file itself may stand.
 *
 * @example withDataUrls('Image', { $ref: '#/$defs/FileRef' }) // { anyOf: [{ $ref: '#/$defs/FileRef' }, { type: 'string', … }] }
 */
export function withDataUrls(type: string, schema: Schema): Schema {
  if (!/^(?:File|Image)/.test(type)) return schema;
  const { title, description, default: value, ...shape } = schema;
  const about = { title, description, default: value };
  const kept = Object.fromEntries(Object.entries(about).filter(([, said]) => said !== undefined));
  if (!type.endsWith('[]')) return { ...kept, anyOf: [shape, dataUrl] };
  const items = isPlainObject(shape['items']) ? shape['items'] : {};
  return { ...kept, ...shape, items: { anyOf: [items, dataUrl] } };
}
