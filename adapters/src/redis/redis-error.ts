import { HeddleError, toHeddleError, type ErrorCode } from '@heddle/core';

/** Maps the beginning of a reply to an error code and an advice. */
const replies: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [
    /^(?:WRONGPASS|NOAUTH|NOPERM)|invalid password/i,
    'queue_refused',
    'refused the user: check user and password in its address, and the rights of the user (ACL).',
  ],
  [/^OOM/, 'queue_failed', 'has no memory left: raise maxmemory there.'],
  [/^MISCONF/, 'queue_failed', 'cannot write to its disk: free space there.'],
  [/^(?:READONLY|MASTERDOWN)/, 'queue_failed', 'is a replica: name the primary server.'],
  [/^(?:LOADING|BUSY)/, 'queue_unreachable', 'is not ready yet: it loads its data or runs a script.'],
];

/** Messages about the client's own state, which do not help a user. */
const ofClient = /enableOfflineQueue|Connection is closed/;

const isReply = (error: Error): boolean => error.name === 'ReplyError';

/** Converts an error of the client library into a HeddleError that names the server and says what to do. */
export function toRedisError(error: unknown, host: string): HeddleError {
  if (error instanceof HeddleError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return toHeddleError(error);
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 200);
  const fault = (code: ErrorCode, advice: string): HeddleError =>
    new HeddleError(code, `Redis at ${host} ${advice} (${message})`, { cause: error, details: { reason: message } });
  const known = replies.find(([pattern]) => pattern.test(message));
  if (known !== undefined) return fault(known[1], known[2]);
  if (error instanceof Error && isReply(error)) return fault('queue_failed', 'answered with an error.');
  const away = 'does not answer: check that it runs, and its address.';
  if (!ofClient.test(message)) return fault('queue_unreachable', away);
  return new HeddleError('queue_unreachable', `Redis at ${host} ${away}`, { cause: error });
}
