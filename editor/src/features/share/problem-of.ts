import { ChatError } from '../chat-kit/index.js';

/** Reads an error reply of the server. */
export async function problemOf(response: Response): Promise<ChatError> {
  const body: unknown = await response.json().catch(() => undefined);
  const member = (of: unknown, name: string): unknown =>
    typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
  const code = member(body, 'code');
  const detail = member(body, 'detail');
  const field = member(member(body, 'details'), 'input');
  const wait = Number(response.headers.get('retry-after'));
  const text = typeof detail === 'string' ? detail : `The server returned ${response.status}.`;
  const when = response.status === 429 && wait > 0 ? ` Try again in ${duration(wait)}.` : '';
  return new ChatError(
    typeof code === 'string' ? code : 'internal',
    `${text}${when}`,
    typeof field === 'string' ? field : undefined,
  );
}

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3_600)} hours`;
}
