import createClient, {
  createFinalURL,
  createQuerySerializer,
  defaultPathSerializer,
  type FetchOptions,
} from 'openapi-fetch';
import type { HttpMethod, PathsWithMethod, RequiredKeysOf, SuccessResponse } from 'openapi-typescript-helpers';
import type { paths } from './api-paths.generated.js';

/** The paths of the API that take GET requests. */
export type ReadPath = PathsWithMethod<paths, 'get'>;

/** The body of a successful reply. */
export type ReplyOf<Path extends keyof paths, Method extends HttpMethod> = paths[Path][Method] extends {
  readonly responses: infer Responses extends Record<string | number, unknown>;
}
  ? SuccessResponse<Responses, 'application/json'>
  : never;

/** The parameters and the body of a request; optional if the route needs none. */
export type InitOf<Path extends keyof paths, Method extends HttpMethod> =
  RequiredKeysOf<FetchOptions<paths[Path][Method]>> extends never
    ? [init?: FetchOptions<paths[Path][Method]>]
    : [init: FetchOptions<paths[Path][Method]>];

/** The query of a GET request. */
export type QueryOf<Path extends ReadPath> = paths[Path]['get'] extends {
  readonly parameters: { readonly query?: infer Query };
}
  ? NonNullable<Query>
  : never;

/**
 * Builds the address of a request, for a link or for a request whose body is a stream.
 *
 * @example addressOf('/api/audit/export', { query: { format: 'csv' } }) // '/api/audit/export?format=csv'
 */
export const addressOf = (
  path: keyof paths,
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

/** The client of the API: one method for each HTTP method. A call returns the body of the reply. */
export interface ApiClient {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PUT: Call<'put'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
}

/** A request to send: the address without a host, and the unserialised body. */
interface ApiRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Replaces `Request`, so that openapi-fetch only records the request of a call. */
class PlannedRequest {
  readonly url: string;

  constructor(url: string, init: object) {
    this.url = url;
    Object.assign(this, init);
  }
}

/**
 * Creates the client of the API, typed by its OpenAPI document.
 *
 * @param send Sends a request and returns a successful reply; throws the error of any other reply.
 * @param unreadable The error for a reply that is not JSON.
 * @example const { workflows } = await client.GET('/api/workflows', { signal });
 */
export function createApiClient(
  send: (request: ApiRequest) => Promise<Response>,
  unreadable: (path: string) => Error,
): ApiClient {
  const { request } = createClient<paths>({
    Request: PlannedRequest as unknown as typeof Request, // it is passed to `fetch` below; before that, only its method is read
    bodySerializer: (body) => body,
    fetch: (planned) => {
      const { headers, ...rest } = planned as unknown as ApiRequest & { readonly headers: Headers };
      return send({ ...rest, headers: Object.fromEntries(headers) });
    },
  });
  const call =
    (method: HttpMethod) =>
    async (path: string, init?: object): Promise<unknown> => {
      try {
        return (await request(method, path as never, init as never)).data; // typed by Call
      } catch (error) {
        throw error instanceof SyntaxError ? unreadable(path) : error;
      }
    };
  return {
    GET: call('get') as Call<'get'>,
    POST: call('post') as Call<'post'>,
    PUT: call('put') as Call<'put'>,
    PATCH: call('patch') as Call<'patch'>,
    DELETE: call('delete') as Call<'delete'>,
  };
}
