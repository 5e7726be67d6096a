import { HeddleError } from '@heddle/core';
import type { CreateMessageRequestParams, CreateMessageResult } from '@modelcontextprotocol/client';

/** A server's request for a model's answer. The newest revision of the protocol deprecates it, but servers still use it. */
// oxlint-disable-next-line typescript/no-deprecated -- see above
export type ModelQuestion = CreateMessageRequestParams;
// oxlint-disable-next-line typescript/no-deprecated -- see above
type ModelAnswer = CreateMessageResult;

/** Answers a server that asks for a model during one call. */
export type Sampler = (params: ModelQuestion, signal: AbortSignal) => Promise<ModelAnswer>;

/** The answer to a server whose request is refused. It contains no names, levels or limits of Heddle. */
export class SamplingRefusal extends Error {
  /** The protocol's code for such a refusal. */
  readonly code = -1;

  constructor(why: string) {
    super(`The request for a model is refused: ${why}.`);
  }
}

/**
 * Runs the calls of one server that may ask for a model one after another. The protocol does not say which call a request belongs to, so
 * each request counts for the call that is running.
 */
export class SamplingQueue {
  private last: Promise<unknown> = Promise.resolve();
  private present: { readonly sampler: Sampler; readonly signal: AbortSignal } | undefined;

  /** Waits for the earlier calls, then does the work of this one. Errors: those of the work, and the signal's reason while it waits. */
  async serve<T>(sampler: Sampler | undefined, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    let pass = (): void => undefined;
    this.last = new Promise<void>((resolve) => (pass = resolve));
    try {
      await orAborted(before, signal);
    } catch (error) {
      // The next call still waits for the earlier ones.
      void before.then(pass);
      throw error;
    }
    const over = new AbortController();
    this.present = sampler && { sampler, signal: over.signal };
    try {
      return await work();
    } finally {
      // Nobody needs the answer any more, so it must not cost more.
      over.abort(new HeddleError('aborted', 'The call that asked for a model has ended.'));
      this.present = undefined;
      pass();
    }
  }

  ask(params: ModelQuestion, signal: AbortSignal): Promise<ModelAnswer> {
    if (this.present === undefined) return Promise.reject(new SamplingRefusal('no tool call is in progress'));
    const { sampler, signal: over } = this.present;
    return sampler(params, AbortSignal.any([signal, over]));
  }
}

async function orAborted(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    // `signal.reason` is the value that the signal was aborted with.
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([before, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
