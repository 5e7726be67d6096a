import type { HeddleError } from '@heddle/core';

/** A statement of a pipeline was refused by the server, and the whole transaction was rolled back. */
export class PipelineError extends Error {
  /** The index of the statement. */
  readonly position: number;
  readonly code: string | undefined;
  /** The error that names the server. */
  readonly failure: HeddleError;

  constructor(position: number, code: string | undefined, failure: HeddleError) {
    super(failure.message, { cause: failure });
    this.position = position;
    this.code = code;
    this.failure = failure;
  }
}
