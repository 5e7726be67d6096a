import type { HeddleError } from '@heddle/core';

/** A statement of a pipeline that the server refused; nothing of the pipeline was kept. */
export class PipelineError extends Error {
  /** The position of the statement. */
  readonly position: number;
  /** SQLSTATE. */
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
