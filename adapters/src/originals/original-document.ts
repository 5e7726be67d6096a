import { createHash } from 'node:crypto';
import type { DocumentInput } from '@heddle/core';
import { z } from 'zod';
import type { FileDocument } from './original-store.js';

/** The description of an original, stored beside its bytes. */
const About = z.object({
  id: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  mediaType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** Whether the document was imported as text. */
  isText: z.boolean().optional(),
  /** The readers with which the document was imported, for records of it that are not stored yet. */
  readers: z.array(z.string()).nullable().optional(),
});

type About = z.infer<typeof About>;

/** Parses the description of an original. Errors: those of the schema. */
export const parseAbout = (about: unknown): About => About.parse(about);

/** The description to store for a document. Fields that the schema does not have are left out. */
export function aboutOf(document: DocumentInput | FileDocument): About {
  const isText = 'content' in document && typeof document.content === 'string';
  return About.parse({ ...document, ...(isText ? { isText } : {}) });
}

/** Restores a document from its description and its bytes. Errors: those of the schema. */
export async function readDocument(about: unknown, read: () => Promise<Buffer> | Buffer): Promise<DocumentInput> {
  const { id, title, source, mediaType, metadata, isText, readers } = About.parse(about);
  const bytes = await read();
  return {
    id,
    title,
    source,
    mediaType,
    metadata,
    content: isText === true ? bytes.toString('utf8') : bytes,
    ...(readers === undefined || readers === null ? {} : { readersIfNew: readers }),
  };
}

/** The name of a document's original within its collection. */
export const nameOfOriginal = (documentId: string): string => createHash('sha256').update(documentId).digest('hex');
