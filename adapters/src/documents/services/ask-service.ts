import { HeddleError } from '@heddle/core';
import type { DocumentSource } from '../document-source.js';
import { fileNameParameter } from '../parsers/mail/file-name-parameter.js';
import type { DocumentLimits } from '../limits.js';
import { named } from '../parse-text-kind.js';
import { titleOf, type DocumentService } from './document-service.js';

const usualTimeoutMs = 300_000;
/** The largest reply, as a multiple of the text limit: it repeats the text with markup and metadata. */
const replyFactor = 4;

/**
 * Sends a document to a service and returns the body of its reply. The reply may have four times as many bytes as a text may have
 * characters. Errors: `document_service` (the service cannot be reached), `document_damaged` (it cannot read the document),
 * `document_too_large`, `document_timeout`, `aborted`.
 */
export async function askService(
  service: DocumentService,
  source: DocumentSource,
  limits: DocumentLimits,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(service.timeoutMs ?? usualTimeoutMs);
  const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const reply = await fetch(requestOf(service, source), { redirect: 'manual', signal: both });
    if (reply.status !== 200) throw await refusalOf(service, source, reply);
    return await readAtMost(reply, limits.textLength * replyFactor, source);
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    if (signal?.aborted === true)
      throw new HeddleError('aborted', `${named(source.name)} was not read: the work was stopped.`, { cause: error });
    if (timeout.aborted) throw tooSlow(service, source, error);
    throw unreachable(service, source, reasonOf(error), { cause: error, retryable: true });
  }
}

function requestOf(service: DocumentService, source: DocumentSource): Request {
  const content = typeof source.content === 'string' ? Buffer.from(source.content) : source.content;
  const base = service.url.replace(/\/+$/, '');
  // A copy, because the request takes over the buffer and the caller keeps the document.
  const bytes = new Uint8Array(content);
  if (service.name === 'tika') {
    return new Request(`${base}/rmeta/html`, {
      method: 'PUT',
      body: bytes,
      headers: {
        accept: 'application/json',
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; ${fileNameParameter(source.name ?? 'document')}`,
      },
    });
  }
  const form = new FormData();
  form.append('files', new Blob([bytes]), source.name ?? 'document');
  form.append('to_formats', 'json');
  form.append('image_export_mode', 'placeholder');
  const headers = new Headers({ accept: 'application/json' });
  if (service.key !== undefined) headers.set('x-api-key', service.key);
  return new Request(`${base}/v1/convert/file`, { method: 'POST', body: form, headers });
}

async function refusalOf(service: DocumentService, source: DocumentSource, reply: Response): Promise<HeddleError> {
  await reply.body?.cancel();
  const { status } = reply;
  const title = titleOf[service.name];
  if (status === 401 || status === 403)
    return unreachable(service, source, `it refuses the key (status ${status}): check DOCLING_API_KEY`);
  if (status === 415 || status === 422)
    return new HeddleError('document_damaged', `${named(source.name)}: ${title} cannot read it (status ${status}).`);
  if (status === 413)
    return new HeddleError('document_too_large', `${named(source.name)} is larger than ${title} accepts: split it.`);
  if (status === 504) return tooSlow(service, source);
  return unreachable(service, source, `it answers with status ${status}`, {
    retryable: status >= 500 || status === 429,
  });
}

const unreachable = (
  service: DocumentService,
  source: DocumentSource,
  reason: string,
  options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
): HeddleError =>
  new HeddleError(
    'document_service',
    `${named(source.name)} was not read by ${titleOf[service.name]} at ${new URL(service.url).origin}: ${reason}. Check that it runs, or remove its address from the settings.`,
    options,
  );

const tooSlow = (service: DocumentService, source: DocumentSource, cause?: unknown): HeddleError =>
  new HeddleError(
    'document_timeout',
    `${titleOf[service.name]} takes too long to read ${named(source.name)}: split it into smaller documents.`,
    { cause },
  );

/** The reason why a request failed, such as ECONNREFUSED. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : String(error);
}

async function readAtMost(reply: Response, most: number, source: DocumentSource): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = reply.body ?? undefined;
  if (body === undefined) return Buffer.alloc(0);
  for await (const piece of body) {
    size += piece.length;
    if (size > most)
      throw new HeddleError(
        'document_too_large',
        `${named(source.name)}: its text exceeds the limit of ${most} bytes: split it into smaller documents.`,
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
