import type { ServerResponse } from 'node:http';

/** Bytes as they are. */
export interface RawReply {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** Ends the socket in the middle instead of the reply. */
  readonly isCut?: boolean;
}

/** Sends bytes as they are. */
export function sendRaw(response: ServerResponse, { status = 200, type, headers, bytes, isCut }: RawReply): void {
  response.writeHead(status, { ...(type === undefined ? {} : { 'content-type': type }), ...headers });
  if (isCut !== true) return void response.end(bytes);
  response.write(bytes, () => setTimeout(() => response.destroy(), 2));
}

/** Sends a value as JSON. */
export function sendJson(response: ServerResponse, value: unknown): void {
  sendRaw(response, { type: 'application/json', bytes: Buffer.from(JSON.stringify(value)) });
}

/** Sends a whole stream of events. */
export function send(response: ServerResponse, text: string): void {
  sendRaw(response, { type: 'text/event-stream', bytes: Buffer.from(text) });
}

/** Sends the begin of a stream, and cuts it or leaves it open. */
export function sendPart(response: ServerResponse, text: string, then: 'cut' | 'keep'): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text, () => {
    // Time to be read: what is in flight when a socket is reset is lost.
    if (then === 'cut') setTimeout(() => response.destroy(), 30);
  });
}
