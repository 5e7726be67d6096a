import { createHash } from 'node:crypto';
import type { DocumentInput } from '@heddle/core';
import { z } from 'zod';
import type { FileDocument } from './original-store.js';

/** What is stored beside the bytes of an original. */
const About = z.object({
  id: z.string(),
  title: z.string().optional(),
  source: z.string().optional(),
  mediaType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  /** The document came as text. */
  isText: z.boolean().optional(),
  /** The list of readers that it was imported with, for its records that are not stored yet. */
  readers: z.array(z.string()).nullable().optional(),
});

type About = z.infer<typeof About>;

/** Reads what is stored beside the bytes of an original. Errors: those of the schema. */
export const parseAbout = (about: unknown): About => About.parse(about);

/** What is stored beside the bytes of a document. Members that the schema does not name are left out. */
export function aboutOf(document: DocumentInput | FileDocument): About {
  const isText = 'content' in document && typeof document.content === 'string';
  return About.parse({ ...document, ...(isText ? { isText } : {}) });
}

/** The document, from what `aboutOf` stored beside its bytes. Errors: those of the schema. */
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

/** The name of the original of a document in its collection. */
export const nameOfOriginal = (documentId: string): string => createHash('sha256').update(documentId).digest('hex');
