/**
 * Splits the data of a Postgres client into complete messages and the beginning of the next one. The first message has no type byte before
 * its length.
 */
export function splitMessages(
  data: Buffer,
  hasStarted: boolean,
): { readonly messages: readonly Buffer[]; readonly rest: Buffer<ArrayBuffer> } {
  const messages: Buffer[] = [];
  let at = 0;
  for (;;) {
    const head = hasStarted || messages.length > 0 ? 1 : 0;
    if (data.length - at < head + 4) break;
    const length = head + data.readUInt32BE(at + head);
    if (data.length - at < length) break;
    messages.push(data.subarray(at, at + length));
    at += length;
  }
  return { messages, rest: Buffer.from(data.subarray(at)) };
}

/**
 * The transaction status at the end of a reply: `I` is idle, `T` in a transaction, `E` in a failed transaction; undefined if the server is
 * still busy.
 */
export function statusAfter(reply: Buffer): string | undefined {
  let status: string | undefined;
  for (let at = 0; at + 5 <= reply.length; at += 1 + reply.readUInt32BE(at + 1))
    status = reply[at] === 0x5a ? String.fromCharCode(reply[at + 5] ?? 0) : undefined;
  return status;
}

/** Adds a prefix to the names of prepared statements, for a server whose connections share one session. */
export function withOwnNames(message: Buffer, prefix: string): Buffer {
  switch (String.fromCharCode(message[0] ?? 0)) {
    case 'P':
      return renamed(message, 5, prefix);
    case 'B':
      return renamed(message, message.indexOf(0, 5) + 1, prefix);
    case 'D':
    case 'C':
      return message[5] === 0x53 ? renamed(message, 6, prefix) : message;
    default:
      return message;
  }
}

/** Adds the prefix to the name at a position. An unnamed statement stays unnamed. */
function renamed(message: Buffer, at: number, prefix: string): Buffer {
  if (message[at] === 0) return message;
  const result = Buffer.concat([message.subarray(0, at), Buffer.from(prefix), message.subarray(at)]);
  result.writeUInt32BE(result.length - 1, 1);
  return result;
}
