import { HeddleError, type SafeResponse } from '@heddle/core';
import { askedToWait } from '../web/retry-after.js';
import { GitFailure } from './git-program.js';

/** Maps messages of Git to errors of a sync. The first match counts. */
const meanings: readonly (readonly [RegExp, (shown: string, last: string) => HeddleError])[] = [
  [
    /could not read (?:Username|Password)|Authentication failed|returned error: 40[13]/i,
    (shown) => new HeddleError('source_unauthorized', `'${shown}' refuses the sign-in: set the secret of the source.`),
  ],
  [
    /returned error: 429/,
    (shown) => new HeddleError('source_rate_limited', `'${shown}' asks Heddle to wait before the next request.`),
  ],
  [
    /couldn't find remote ref/i,
    (shown) =>
      new HeddleError(
        'source_failed',
        `'${shown}' has no such branch, or no commit: correct the branch of the source.`,
      ),
  ],
  [
    /dubious ownership/,
    (shown) =>
      new HeddleError(
        'source_failed',
        `'${shown}' belongs to another user of the machine: make the user that runs Heddle its owner.`,
      ),
  ],
  // The clone on disk is unusable and is created again.
  [
    /\.lock'?: File exists|index\.lock|bad (?:object|tree|revision)|unable to read (?:tree|sha1)|object file .* is empty|corrupt|loose object|not a git repository/i,
    (shown, last) =>
      new HeddleError('source_cursor_invalid', `The clone of '${shown}' is damaged and is made again: ${last}`),
  ],
  [/does not appear to be a git repository|not valid: is this a git repository|mismatched algorithms/i, cannotUse],
  [
    /Could not resolve|Failed to connect|Connection|timed out|timeout|early EOF|unexpected disconnect|hung up|RPC failed|returned error: 5\d\d|Operation too slow|expected flush|bad line length|invalid index-pack|index-pack failed|fetch-pack|transfer closed|Recv failure|Send failure|SSL|TLS/i,
    (shown, last) => new HeddleError('source_unreachable', `'${shown}' did not send everything: ${last}`),
  ],
];

function cannotUse(shown: string, last: string): HeddleError {
  return new HeddleError('source_failed', `'${shown}' cannot be read by Git: ${last}`);
}

/** Converts a failure of Git into an error of the sync, with the secrets removed. */
export function meaningOf(error: unknown, repository: string, secrets: readonly string[]): unknown {
  if (!(error instanceof GitFailure)) return error;
  const output = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), error.output);
  const lines = output
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const own = lines.filter((line) => /^(?:fatal|error):/.test(line));
  const last = (own.at(-1) ?? lines.at(-1) ?? 'it gave no message').slice(0, 300);
  // Lines from the server (`remote:`) are untrusted text, so they are not matched.
  const said = lines.filter((line) => !line.startsWith('remote:')).join('\n');
  const shown = repository.slice(0, 300);
  const meaning = meanings.find(([pattern]) => pattern.test(said))?.[1] ?? cannotUse;
  return meaning(shown, last);
}

/**
 * Checks the first answer of a server for a repository. Errors: `source_unauthorized`, `source_rate_limited`, `source_unreachable`,
 * `source_failed`.
 */
export function checkAnswer(
  repository: string,
  asked: string,
  { status, url, headers }: SafeResponse,
  now: number,
): void {
  const shown = repository.slice(0, 300);
  if (status === 429 || (status === 503 && headers['retry-after'] !== undefined))
    throw askedToWait(repository, headers, now);
  if (status === 401 || status === 403)
    throw new HeddleError(
      'source_unauthorized',
      `'${shown}' refuses the sign-in (status ${status}): set the secret of the source.`,
    );
  if (status >= 500) throw new HeddleError('source_unreachable', `'${shown}' answered with status ${status}.`);
  if (status !== 200)
    throw new HeddleError(
      'source_failed',
      `'${shown}' answered with status ${status}: correct the address, or set a secret that may read the repository.`,
    );
  if (url !== asked)
    throw new HeddleError(
      'source_failed',
      `'${shown}' redirects to '${url.split('/info/refs')[0]?.slice(0, 300)}': write this address in the source.`,
    );
  if (!(headers['content-type'] ?? '').startsWith('application/x-git-upload-pack-advertisement'))
    throw new HeddleError('source_failed', `'${shown}' is not a Git repository: correct the address of the source.`);
}
