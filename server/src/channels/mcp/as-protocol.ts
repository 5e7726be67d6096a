import { toHeddleError } from '@heddle/core';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** What is not there, or hidden from the caller, is -32602 in the present revision (-32002 before it). Nothing unexpected leaves. */
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
