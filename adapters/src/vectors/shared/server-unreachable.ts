import { HeddleError } from '@heddle/core';

/** A server that did not answer: its name and address for messages, and the setting that holds the address. */
interface SilentServer {
  readonly server: string;
  readonly address: string;
  readonly setting: string;
  /** Whether the server was reached but did not answer in time. */
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
