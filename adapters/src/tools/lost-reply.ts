import type { JSONRPCMessage } from '@modelcontextprotocol/client';

/** Error codes that stand for replies that did not arrive whole. Tool servers do not use these codes. */
export const lostCodes = { large: -39_001, cut: -39_002 } as const;

/** The error that answers a request whose reply was too large or cut off, so that only this call fails. */
export function lostReply(id: string | number, why: keyof typeof lostCodes): JSONRPCMessage {
  return { jsonrpc: '2.0', id, error: { code: lostCodes[why], message: why } };
}
