import { HeddleError, type Blobs, type FileRef, type PlanInterface } from '@heddle/core';
import { readDataUrl } from './data-url.js';
import { mediaTypeOf } from './media-type.js';

/** File extensions that differ from the subtype of the media type. */
const endings: Readonly<Record<string, string>> = { plain: 'txt', markdown: 'md', jpeg: 'jpg' };

/**
 * Stores files that callers without multipart send as data URLs, and returns the inputs with references to the stored files. Errors:
 * `input_type` if a file input has any other text.
 */
export async function storeDataUrls(
  inputs: Readonly<Record<string, unknown>>,
  { inputs: ports }: PlanInterface,
  blobs: Pick<Blobs, 'put'>,
): Promise<Readonly<Record<string, unknown>>> {
  const stored: [string, unknown][] = [];
  for (const [name, value] of Object.entries(inputs)) {
    const type = Object.hasOwn(ports, name) ? ports[name]?.type : undefined;
    const toFile = (one: unknown): unknown => (typeof one === 'string' ? storeFile(name, one, blobs) : one);
    if (type === undefined || !/^(?:File|Image)/.test(type)) stored.push([name, value]);
    else stored.push([name, Array.isArray(value) ? await Promise.all(value.map(toFile)) : await toFile(value)]);
  }
  return Object.fromEntries(stored);
}

async function storeFile(input: string, text: string, blobs: Pick<Blobs, 'put'>): Promise<FileRef> {
  const found = readDataUrl(text);
  if (found === undefined)
    throw new HeddleError(
      'input_type',
      `'${input}' takes a file: give it as a data URL in base64 (data:…;base64,…), or upload it with POST /api/files and give its reference; a published workflow takes it as a part of multipart/form-data, too.`,
      { details: { input } },
    );
  const subtype = /\/([a-z0-9]+)$/.exec(found.mediaType)?.[1];
  const name = subtype === undefined ? 'file' : `file.${endings[subtype] ?? subtype}`;
  return blobs.put(found.content, { name, mediaType: await mediaTypeOf(found.content, name) });
}
