import { HeddleError } from '@heddle/core';
import type { Exchange } from '../shared/exchange.js';
import { readScores, type RerankReply } from './read-scores.js';

/** An address and one of two request forms: `documents`, which most servers read, and `texts`, which text-embeddings-inference reads. */
interface RerankForm {
  readonly url: string;
  readonly form: 'documents' | 'texts';
}

export interface RerankRequest {
  readonly model: string;
  readonly query: string;
  readonly texts: readonly string[];
}

/** Sends a body as JSON and returns the parsed reply. Errors: those of the client library. */
type PostJson = (url: string, body: object, exchange: Exchange) => Promise<unknown>;

/**
 * Calls the rerank server of a base URL. Servers differ in address and form, so a call tries one combination after another until one works.
 * Later calls begin with that combination. Errors: those of the server, `provider_reply_invalid`.
 */
export function createRerankServer(
  baseUrl: string,
  post: PostJson,
): (request: RerankRequest, exchange: Exchange) => Promise<RerankReply> {
  const forms = formsOf(baseUrl);
  let known: RerankForm | undefined;
  return async ({ model, query, texts }, exchange) => {
    // The error to report: a refused request says more than an unknown address.
    let refusal: HeddleError | undefined;
    for (const one of known === undefined ? forms : [known, ...forms.filter((form) => form !== known)]) {
      // Without `truncate`, text-embeddings-inference refuses long texts. Other servers cut them or say how much they read.
      const body = one.form === 'texts' ? { query, texts, truncate: true } : { model, query, documents: texts };
      try {
        const reply = readScores(await post(one.url, body, exchange));
        exchange.check();
        if (reply === undefined)
          throw new HeddleError(
            'provider_reply_invalid',
            `Model '${model}': the reply of ${one.url} has no scores of documents.`,
            { details: { model } },
          );
        known = one;
        return reply;
      } catch (thrown) {
        const error = exchange.toError(thrown);
        if (!isUnknown(error, one)) throw error;
        if (refusal === undefined || !isNoAddress(error)) refusal = error;
      }
    }
    throw refusal ?? new HeddleError('internal', `No address is known to rerank with '${model}'.`);
  };
}

/** The base URL may be that of a chat API: the rerank address is then beside it or above it. */
function formsOf(baseUrl: string): readonly RerankForm[] {
  const base = new URL(baseUrl);
  const path = base.pathname.replace(/\/+$/, '');
  const paths = new Set([
    path,
    // Cohere's OpenAI-compatible API has no rerankers.
    path.replace(/\/compatibility\/v\d+$/, '/v2'),
    path.replace(/\/v\d+$/, ''),
  ]);
  const urls = [...paths].map((one) => Object.assign(new URL(base), { pathname: `${one}/rerank` }).href);
  return (['documents', 'texts'] as const).flatMap((form) => urls.map((url) => ({ url, form })));
}

const statusOf = ({ details }: HeddleError): unknown => details?.['status'];

const isNoAddress = (error: HeddleError): boolean => [404, 405, 501].includes(Number(statusOf(error)));

/** Whether the server does not know the address, or misses a field of the other form. */
function isUnknown(error: HeddleError, { form }: RerankForm): boolean {
  // A 404 may also concern the model.
  if (isNoAddress(error))
    return !/model\b.*(?:not exist|not found|unknown)|model_not_found/i.test(
      `${String(error.details?.['reason'])} ${error.message}`,
    );
  const other = form === 'documents' ? /\btexts\b/ : /\bdocuments\b/;
  return [400, 422].includes(Number(statusOf(error))) && other.test(error.message);
}
