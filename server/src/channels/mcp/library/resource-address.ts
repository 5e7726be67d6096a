import type { ListResourceTemplatesResult } from '@modelcontextprotocol/server';

type Addressed =
  | { readonly kind: 'collection'; readonly name: string }
  | { readonly kind: 'document'; readonly name: string; readonly document: string }
  | { readonly kind: 'file'; readonly id: string };

/** The forms of addresses that are not listed one by one. */
export const templates: ListResourceTemplatesResult['resourceTemplates'] = [
  {
    uriTemplate: 'heddle://collections/{collection}/documents/{document}',
    name: 'document',
    title: 'Document of a collection',
    mimeType: 'text/plain',
  },
  { uriTemplate: 'heddle://files/{file}', name: 'file', title: 'Stored file' },
];

/** @example addressOf({ kind: 'collection', name: 'handbook' }) // 'heddle://collections/handbook' */
export function addressOf(resource: Addressed): string {
  if (resource.kind === 'file') return `heddle://files/${encodeURIComponent(resource.id)}`;
  const collection = `heddle://collections/${encodeURIComponent(resource.name)}`;
  return resource.kind === 'collection'
    ? collection
    : `${collection}/documents/${encodeURIComponent(resource.document)}`;
}

/** What an address names; undefined if it is not an address of this server. */
export function resourceAt(uri: string): Addressed | undefined {
  if (!uri.startsWith('heddle://') || uri.length > 2_000) return undefined;
  const parts = uri.slice('heddle://'.length).split('/').map(decoded);
  const [kind, name, inside, document] = parts;
  if (name === undefined || name === '') return undefined;
  if (kind === 'files' && parts.length === 2) return { kind: 'file', id: name };
  if (kind !== 'collections') return undefined;
  if (parts.length === 2) return { kind: 'collection', name };
  const isDocument = parts.length === 4 && inside === 'documents' && document !== undefined && document !== '';
  return isDocument ? { kind: 'document', name, document } : undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
