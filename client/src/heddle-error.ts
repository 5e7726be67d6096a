/** What the server refused or could not do. `code` is stable; the message is for people. */
export class HeddleError extends Error {
  override readonly name = 'HeddleError';

  constructor(
    /** Such as `thread_not_found`; `connection_lost` where no reply came. */
    readonly code: string,
    message: string,
    /** The status of the reply; 0 where no reply came. */
    readonly status: number,
    readonly about: {
      readonly runId?: string;
      /** The id of the request in the log of the server. */
      readonly requestId?: string;
      /** Seconds after which another try may succeed. */
      readonly retryAfter?: number;
      readonly details?: unknown;
    } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error of a reply, whichever form its route has. */
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
