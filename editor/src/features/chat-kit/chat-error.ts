/** A refusal of the server, as text for the reader. */
export class ChatError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The form field of the error. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof ChatError) return thrown.message;
  return 'The server cannot be reached. Check the connection and try again.';
}
