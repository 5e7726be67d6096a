/** A request that the server refused; the message is meant for the user. */
export class ChatError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The form field that the error is about. */
    readonly field?: string,
  ) {
    super(message);
  }
}

/** The message of any thrown value. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof ChatError) return thrown.message;
  return 'The server cannot be reached. Check the connection and try again.';
}
