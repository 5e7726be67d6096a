import { HeddleError } from '@heddle/core';

/** A server that did not answer: the name and the address for messages, and the setting with the address. */
interface SilentServer {
  readonly server: string;
  readonly address: string;
  readonly setting: string;
  /** Whether it was reached and did not answer in time. */
  readonly isLate: boolean;
}

/** The error for a request without an answer. */
export const serverUnreachable = (
  { server, address, setting, isLate }: SilentServer,
  more: { readonly cause: unknown; readonly details?: Readonly<Record<string, unknown>> },
): HeddleError =>
  new HeddleError(
    'vector_store_unreachable',
    isLate
      ? `${server} at ${address} did not answer in time: check that it runs and is not overloaded.`
      : `${server} at ${address} cannot be reached: check that it runs, and ${setting}.`,
    more,
  );
