import { HeddleError } from '@heddle/core';
import { downloadHttp } from './download-http.js';
import { type FetchContext, type Fetched } from './fetch-context.js';

/** Brings a file of the model hub, going on where an earlier try stopped. Errors: `source_unreachable`, `download_failed`. */
export async function fetchFromHub(
  source: { readonly repository: string; readonly revision: string; readonly file: string },
  context: FetchContext,
): Promise<Fetched> {
  const place = [source.repository, 'resolve', source.revision, source.file].join('/');
  const escaped = place.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${context.hub.endpoint.replace(/\/+$/, '')}/${escaped}`);
  const token = context.hub.token;
  try {
    return await downloadHttp(url, context, token === undefined ? {} : { authorization: `Bearer ${token}` });
  } catch (error) {
    const status = error instanceof HeddleError ? error.details?.['status'] : undefined;
    if (status === 401 || status === 403) {
      const way =
        token === undefined
          ? 'accept its licence on the hub and set HF_TOKEN'
          : 'the token of HF_TOKEN may not read it';
      throw new HeddleError('download_failed', `The hub refused '${source.repository}' (status ${status}): ${way}.`, {
        cause: error,
        retryable: false,
      });
    }
    if (status === 404) {
      throw new HeddleError(
        'download_failed',
        `The hub has no '${source.file}' in '${source.repository}' at '${source.revision}'.`,
        { cause: error, retryable: false },
      );
    }
    throw error;
  }
}
