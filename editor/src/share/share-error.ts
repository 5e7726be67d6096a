/** What a share answers instead of what was asked, in words for whoever reads the page. */
export class ShareError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The field of the form that it is about. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** Words of anything thrown. */
export function wordsOf(thrown: unknown): string {
  if (thrown instanceof ShareError) return thrown.message;
  return 'The server cannot be reached. Check the connection and try again.';
}

/** Reads a problem as the server writes it. */
export async function problemOf(response: Response): Promise<ShareError> {
  const body: unknown = await response.json().catch(() => undefined);
  const member = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
  const code = member(body, 'code');
  const detail = member(body, 'detail');
  const field = member(member(body, 'details'), 'input');
  const wait = Number(response.headers.get('retry-after'));
  const words = typeof detail === 'string' ? detail : `The server answered with ${response.status}.`;
  const when = response.status === 429 && wait > 0 ? ` It is free again in ${duration(wait)}.` : '';
  return new ShareError(
    typeof code === 'string' ? code : 'internal',
    `${words}${when}`,
    typeof field === 'string' ? field : undefined,
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;
}
