import { HeddleError } from '@heddle/core';
import { downloadHttp } from './download-http.js';
import { type FetchContext, type Fetched } from './fetch-context.js';
import { authorization, hubRefusal, type HubLocation } from './hub-revision.js';

/**
 * Downloads a file from the model hub, and continues an earlier attempt. Errors: `source_unreachable`, `download_failed`,
 * `checksum_mismatch`.
 */
export async function fetchFromHub(source: HubLocation, context: FetchContext): Promise<Fetched> {
  const location = [source.repository, 'resolve', source.revision, source.file].join('/');
  const escaped = location.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${context.hub.endpoint.replace(/\/+$/, '')}/${escaped}`);
  try {
    return await downloadHttp(url, context, authorization(context.hub));
  } catch (error) {
    const status = error instanceof HeddleError ? error.details?.['status'] : undefined;
    throw hubRefusal(source, status, context.hub, error) ?? error;
  }
}
