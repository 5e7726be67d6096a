/** An error for a request that the server refused or could not carry out. `code` is stable; the message is for people. */
export class HeddleError extends Error {
  override readonly name = 'HeddleError';

  constructor(
    /** For example `thread_not_found`; `connection_lost` if no reply came. */
    readonly code: string,
    message: string,
    /** The HTTP status of the reply; 0 if no reply came. */
    readonly status: number,
    readonly about: {
      readonly runId?: string;
      /** The id of the request in the server's log. */
      readonly requestId?: string;
      /** Seconds after which a retry may succeed. */
      readonly retryAfter?: number;
      readonly details?: unknown;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Reads the error from a reply, in either of the formats that routes use. */
export async function errorOf(response: Response): Promise<HeddleError> {
  const text = await response.text().catch(() => '');
  const body = membersOf(text);
  const problem = isRecord(body['error']) ? body['error'] : body;
  const textOf = (name: string): string | undefined => (typeof problem[name] === 'string' ? problem[name] : undefined);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new HeddleError(
    textOf('code') ?? 'unexpected_reply',
    textOf('detail') ?? textOf('message') ?? `The server answered with ${response.status}.`,
    response.status,
    {
      runId: textOf('runId'),
      requestId: response.headers.get('x-request-id') ?? undefined,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
      details: problem['details'],
    },
  );
}

function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
