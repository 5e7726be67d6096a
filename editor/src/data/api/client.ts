import { createApiClient } from '@heddle/core/api-client';
import { ApiError, send } from '../http/http.js';

/**
 * The API client of the server. A call resolves with the body of the reply. Errors: ApiError.
 *
 * @example const { workflows } = await client.GET('/api/workflows', { signal });
 */
export const client = createApiClient(
  ({ url, body, ...request }) => send(url, { ...request, ...(body instanceof FormData ? { form: body } : { body }) }),
  (path) =>
    new ApiError(
      'unexpected',
      `The reply of ${path} has an unexpected format. Reload the page: the server and the editor may have different versions.`,
      0,
    ),
);
