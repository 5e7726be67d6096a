import { HeddleError, toHeddleError, type ParsedDocument } from '@heddle/core';
import { z } from 'zod';
import { named, requireText } from '../parse-text-kind.js';
import { readDocling } from './docling-reply.js';
import { titleOf, type ServiceName } from './document-service.js';
import { readTika } from './tika-reply.js';

/** The document that a reply belongs to. */
export interface AskedDocument {
  readonly service: ServiceName;
  readonly name?: string | undefined;
  /** The media type of the sent document, detected by its content. */
  readonly mediaType: string;
  readonly textLength: number;
}

/**
 * Converts the reply of a service into a document. Errors: `document_service` if the reply has an unknown form, and those of a parser:
 * `document_empty`, `document_encrypted`, `document_type`, `document_damaged`, `document_too_large`.
 */
export function readReply(bytes: Uint8Array, asked: AskedDocument): ParsedDocument {
  const { name, service, textLength } = asked;
  const document = parsed(bytes, asked);
  requireText(document.text, name);
  if (document.text.length > textLength)
    throw new HeddleError(
      'document_too_large',
      `${named(name)} has ${document.text.length} characters of text, more than the ${textLength} that are read: split it into smaller documents.`,
    );
  return { ...document, metadata: { ...document.metadata, readBy: service } };
}

function parsed(bytes: Uint8Array, { service, name, mediaType }: AskedDocument): ParsedDocument {
  try {
    const reply: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return service === 'tika' ? readTika(reply) : readDocling(reply, mediaType);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError)
      throw new HeddleError(
        'document_service',
        `${named(name)} was not read: ${titleOf[service]} sent a reply in a form that Heddle does not know. Check its version.`,
        { cause: error },
      );
    const { code, message } = toHeddleError(error, 'document_damaged');
    throw new HeddleError(code, `${named(name)}: ${message}`, { cause: error });
  }
}
