import type { paths } from '@heddle/core/api-paths';
import createClient, {
  createFinalURL,
  createQuerySerializer,
  defaultPathSerializer,
  type FetchOptions,
} from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod, RequiredKeysOf, SuccessResponse } from 'openapi-typescript-helpers';
import { ApiError, send, type Exchange } from '../http/http.js';

/** The body of a successful reply. */
export type ReplyOf<Path extends keyof paths, Method extends HttpMethod> = paths[Path][Method] extends {
  readonly responses: infer Responses extends Record<string | number, unknown>;
}
  ? SuccessResponse<Responses, 'application/json'>
  : never;

/** The parameters and the body of a request; it can be left out where the route needs nothing. */
export type InitOf<Path extends keyof paths, Method extends HttpMethod> =
  RequiredKeysOf<FetchOptions<paths[Path][Method]>> extends never
    ? [init?: FetchOptions<paths[Path][Method]>]
    : [init: FetchOptions<paths[Path][Method]>];

/** The query of a GET request. */
export type QueryOf<Path extends PathsWithMethod<paths, 'get'>> = paths[Path]['get'] extends {
  readonly parameters: { readonly query?: infer Query };
}
  ? NonNullable<Query>
  : never;

/**
 * The address of a GET request, for a link.
 *
 * @example addressOf('/api/audit/export', { query: { format: 'csv' } }) // '/api/audit/export?format=csv'
 */
export const addressOf = (
  path: PathsWithMethod<paths, 'get'>,
  params: { readonly path?: Record<string, unknown>; readonly query?: Record<string, unknown> },
): string =>
  createFinalURL(path, {
    baseUrl: '',
    params,
    querySerializer: createQuerySerializer(),
    pathSerializer: defaultPathSerializer,
  });

type Call<Method extends HttpMethod> = <Path extends PathsWithMethod<paths, Method>>(
  path: Path,
  ...init: InitOf<Path, Method>
) => Promise<ReplyOf<Path, Method>>;

/** A request as openapi-fetch makes it: `send` adds the headers of this tab. */
class PlannedRequest {
  constructor(
    readonly url: string,
    init: object,
  ) {
    Object.assign(this, init);
  }
}

const { request } = createClient<paths>({
  Request: PlannedRequest as unknown as typeof Request, // openapi-fetch passes it to `fetch` and reads its method only
  bodySerializer: (body) => body,
  fetch: (planned) => {
    const { url, method, headers, body, signal } = planned as unknown as { url: string; headers: Headers } & Exchange;
    const content = body instanceof FormData ? { form: body } : { body };
    return send(url, { method, headers: Object.fromEntries(headers), ...content, signal });
  },
});

const call =
  (method: HttpMethod) =>
  async (path: string, init?: object): Promise<unknown> => {
    try {
      return (await request(method, path as never, init as never)).data; // typed by Call
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ApiError(
        'unexpected',
        `The reply of ${path} has an unexpected format. Reload the page: the server and the editor may have different versions.`,
        0,
      );
    }
  };

/**
 * The API of the server, typed by its OpenAPI document. A call gives the body of the reply. Errors: ApiError.
 *
 * @example const { workflows } = await client.GET('/api/workflows', { signal });
 */
export const client = {
  GET: call('get') as Call<'get'>,
  POST: call('post') as Call<'post'>,
  PUT: call('put') as Call<'put'>,
  PATCH: call('patch') as Call<'patch'>,
  DELETE: call('delete') as Call<'delete'>,
};
