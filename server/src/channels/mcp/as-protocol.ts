import { toHeddleError } from '@heddle/core';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/**
 * Converts errors to those of the protocol. A resource that does not exist or is hidden from the caller gives -32602 in the present
 * revision (-32002 in earlier ones). Details of unexpected errors are not sent.
 */
export async function asProtocol<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    const error = toHeddleError(thrown);
    const code = error.code === 'internal' ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    const message = error.code === 'internal' ? 'An internal error occurred.' : `${error.code}: ${error.message}`;
    throw new ProtocolError(code, message);
  }
}
