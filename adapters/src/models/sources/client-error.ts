import { HeddleError } from '@heddle/core';

/** How a package client failed: `client` is its name, `wanted` the package, `unreachable` matches its words for a registry that is away. */
interface ClientFailure {
  readonly client: string;
  readonly wanted: string;
  readonly output: string;
  readonly unreachable: RegExp;
  readonly reason: string | undefined;
}

/** The error of a package client (pip, npm, Maven) that could not fetch a package, from what it printed. */
export function clientError({ client, wanted, output, unreachable, reason }: ClientFailure): HeddleError {
  if (/No space left on device|ENOSPC/i.test(output))
    return new HeddleError('storage_full', `${client}: the disk is full while it fetched ${wanted}.`);
  const isUnreachable = unreachable.test(output);
  return new HeddleError(
    isUnreachable ? 'source_unreachable' : 'download_failed',
    `${client} could not fetch ${wanted}${isUnreachable ? ': the package registry does not answer' : ''}: ${reason ?? 'no reason given'}`,
  );
}
