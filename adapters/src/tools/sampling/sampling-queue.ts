import { HeddleError } from '@heddle/core';
import type { CreateMessageRequestParams, CreateMessageResult } from '@modelcontextprotocol/client';

/** What a server asks a model. The newest revision retires this way of asking, and servers use it. */
// oxlint-disable-next-line typescript/no-deprecated -- see above
export type ModelQuestion = CreateMessageRequestParams;
// oxlint-disable-next-line typescript/no-deprecated -- see above
type ModelAnswer = CreateMessageResult;

/** Answers a server that asks for a model during one call. */
export type Sampler = (params: ModelQuestion, signal: AbortSignal) => Promise<ModelAnswer>;

/** What a server is told whose request is not granted: no names, levels or limits of ours. */
export class SamplingRefusal extends Error {
  /** The code of the protocol for such a refusal. */
  readonly code = -1;

  constructor(why: string) {
    super(`The request for a model is refused: ${why}.`);
  }
}

/**
 * The calls of one server that may ask for a model. The protocol does not say which call a question belongs to, so they come one after
 * another, and each question is that of the call that is served.
 */
export class SamplingQueue {
  private last: Promise<unknown> = Promise.resolve();
  private present: { readonly sampler: Sampler; readonly signal: AbortSignal } | undefined;

  /** Waits for the calls before and does the work of a call. Errors: those of the work, and the signal's reason while it waits. */
  async serve<T>(sampler: Sampler | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    let pass = (): void => undefined;
    this.last = new Promise<void>((resolve) => (pass = resolve));
    try {
      await orAborted(before, signal);
    } catch (error) {
      // The next one still waits for those before.
      void before.then(pass);
      throw error;
    }
    const over = new AbortController();
    this.present = sampler && { sampler, signal: over.signal };
    try {
      return await work();
    } finally {
      // An answer that nobody waits for any more costs no more.
      over.abort(new HeddleError('aborted', 'The call that asked for a model has ended.'));
      this.present = undefined;
      pass();
    }
  }

  ask(params: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer> {
    if (this.present === undefined) return Promise.reject(new SamplingRefusal('no call of a tool asks for it'));
    const { sampler, signal: over } = this.present;
    return sampler(params, AbortSignal.any([signal, over]));
  }
}

async function orAborted(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // The reason of a signal is what it was aborted with.
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([before, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
