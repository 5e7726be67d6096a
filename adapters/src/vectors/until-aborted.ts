import { HeddleError } from '@heddle/core';

/**
 * Awaits a call whose client takes no signal. On abort the caller continues at once, while the request itself runs on. Errors: `aborted`.
 */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return work;
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(stopped(signal));
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

export const stopped = (signal: AbortSignal): HeddleError =>
  new HeddleError('aborted', 'The call of the vector store was stopped.', { cause: signal.reason });
