import { documentFormats, readableExtensions, type DocumentKind } from '@heddle/core';

export type { DocumentKind };

const formats: Readonly<Record<DocumentKind, { readonly mediaType: string; readonly extensions: readonly string[] }>> =
  documentFormats;
const kinds = Object.keys(formats).filter((name): name is DocumentKind => Object.hasOwn(formats, name));

const byExtension: ReadonlyMap<string, DocumentKind> = new Map(
  kinds.flatMap((kind) => formats[kind].extensions.map((extension) => [extension, kind] as const)),
);
const byMediaType: ReadonlyMap<string, DocumentKind> = new Map(kinds.map((kind) => [formats[kind].mediaType, kind]));

/** The media type of each kind, as `ParsedDocument.mediaType` has it. */
export const mediaTypes: Readonly<Record<DocumentKind, string>> = Object.fromEntries(
  kinds.map((kind) => [kind, formats[kind].mediaType]),
) as Record<DocumentKind, string>; // every kind has an entry

/** The kind that a name or a media type suggests. It is only a hint: the content decides. */
export function hintedKind(name: string | undefined, mediaType: string | undefined): DocumentKind | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name ?? '')?.[1]?.toLowerCase();
  const byName = extension === undefined ? undefined : byExtension.get(extension);
  if (byName !== undefined) return byName;
  return byMediaType.get(mediaType?.split(';')[0]?.trim().toLowerCase() ?? '');
}

/** The sentence about readable formats in error messages. */
export const readableList = `Heddle reads ${readableExtensions.join(', ')}: convert it to one of them.`;
