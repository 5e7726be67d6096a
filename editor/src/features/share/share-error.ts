/** An error reply of a share, as text for the reader. */
export class ShareError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The form field of the error. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof ShareError) return thrown.message;
  return 'The server cannot be reached. Check the connection and try again.';
}

/** Parses a problem reply of the server. */
export async function problemOf(response: Response): Promise<ShareError> {
  const body: unknown = await response.json().catch(() => undefined);
  const member = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
  const code = member(body, 'code');
  const detail = member(body, 'detail');
  const field = member(member(body, 'details'), 'input');
  const wait = Number(response.headers.get('retry-after'));
  const text = typeof detail === 'string' ? detail : `The server returned ${response.status}.`;
  const when = response.status === 429 && wait > 0 ? ` Try again in ${duration(wait)}.` : '';
  return new ShareError(
    typeof code === 'string' ? code : 'internal',
    `${text}${when}`,
    typeof field === 'string' ? field : undefined,
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;
}
