import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ProviderFault } from '@heddle/core/testing';
import { embeddingsOf, moderationOf, replyTo, toolReply, tooLong } from './double-model.js';
import { rerankReplyOf, type RerankFlavour } from './rerank-model.js';
import { send, sendJson, sendPart, sendRaw, type RawReply } from './send-reply.js';
import { brokenEvent, encoders, errorBody, streamError, type PlannedReply, type WireFormat } from './wire-formats.js';

/** What a request to the double held. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // Tests look into bodies of three providers.
  readonly body: any;
}

/** A provider's server that is ours: a model that counts, behind the wire format of a provider, with faults on demand. */
export interface ProviderDouble {
  readonly address: string;
  readonly seen: SeenRequest[];
  fault: ProviderFault;
  /** Answers instead of the model, where set. */
  script: ((request: SeenRequest, call: number) => PlannedReply | RawReply | undefined) | undefined;
  /** The server whose ways the rerankers have. */
  rerankAs: RerankFlavour;
  requests(): number;
  /** Sockets that carry a call now. */
  sockets(): number;
  close(): Promise<void>;
}

/** Starts a double that speaks a provider's format and wants this key. */
export async function startProviderDouble(format: WireFormat, key: string): Promise<ProviderDouble> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  /** Sockets that carry a call now. A client may hold idle ones for the next call. */
  const busy = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let generations = 0;
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      busy.delete(socket);
    });
    socket.on('error', () => undefined);
  });

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    busy.add(message.socket);
    response.on('finish', () => busy.delete(message.socket));
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const request: SeenRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    seen.push(request);
    if (request.method === 'GET') return sendModels(response);
    if (/embed/i.test(request.path)) {
      const found = embeddingsOf(format, request.body);
      if (typeof found === 'string') return sendError(response, 400, 'invalid_request_error', found);
      return sendJson(response, found);
    }
    if (request.path.endsWith('/rerank') && double.script === undefined && double.fault === 'none') {
      const { status, body } = rerankReplyOf(double.rerankAs, request);
      return sendRaw(response, { status, type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) });
    }
    if (request.path.includes('moderations') && double.script === undefined)
      return sendJson(response, moderationOf(request.body));
    const scripted = double.script?.(request, generations);
    generations += 1;
    if (scripted !== undefined && 'bytes' in scripted) return sendRaw(response, scripted);
    const reply = scripted ?? replyTo(format, request.body);
    if (typeof reply === 'string') return sendError(response, 400, 'invalid_request_error', reply);
    misbehave(response, reply);
  }

  function misbehave(response: ServerResponse, reply: PlannedReply): void {
    const { fault } = double;
    const first = generations === 1;
    const limited = (headers: Readonly<Record<string, string>>): void =>
      sendError(response, 429, 'rate_limit_error', `Slow down, ${key}`, headers);
    switch (fault) {
      case 'rate-limited-seconds':
        if (first) return limited({ 'retry-after': '1' });
        break;
      case 'rate-limited-date':
        if (first) return limited({ 'retry-after': new Date(Date.now() + 1000).toUTCString() });
        break;
      case 'rate-limited-bare':
        if (first) return limited({});
        break;
      case 'rate-limited-always':
        return limited({ 'retry-after': '0' });
      case 'server-error':
        return sendError(response, 500, 'server_error', `Failed with Authorization: Bearer ${key}`);
      case 'server-error-once':
        if (first) return sendError(response, 500, 'server_error', 'Failed.');
        break;
      case 'html-error':
        return sendRaw(response, {
          status: 502,
          type: 'text/html',
          bytes: Buffer.from(
            `<html><head><title>502 Bad Gateway</title></head><body><h1>Bad ${key}</h1></body></html>`,
          ),
        });
      case 'html-success':
        return sendRaw(response, { type: 'text/html', bytes: Buffer.from('<html><body>Sign in</body></html>') });
      case 'unauthorized':
        return sendError(response, 401, 'authentication_error', `Incorrect API key provided: ${key.slice(0, 20)}***`);
      case 'bad-request':
        return sendError(response, 400, 'invalid_request_error', `This is not how ${key} is asked.`);
      case 'too-long':
        return sendError(response, 400, 'invalid_request_error', tooLong(format, 9_999));
      case 'redirect':
        return sendRaw(response, {
          status: 307,
          headers: { location: `http://127.0.0.1:1/${key}` },
          bytes: new Uint8Array(),
        });
      case 'hang':
        return;
      case 'empty':
        return sendRaw(response, { type: 'text/event-stream', bytes: new Uint8Array() });
      default:
        break;
    }
    if (fault === 'tool-fragments') return send(response, encoders[format](toolReply).events.join(''));
    const { events, head } = encoders[format](fault === 'no-finish' ? { ...reply, finish: 'none' } : reply);
    const whole = events.join('');
    const start = events.slice(0, head).join('');
    const begun = events.slice(0, head + 1).join('');
    switch (fault) {
      case 'cut-before-text':
        return first ? sendPart(response, start, 'cut') : send(response, whole);
      case 'cut-in-text':
        return sendPart(response, begun + (events[head + 1] ?? '').slice(0, 20), 'cut');
      case 'broken-json':
        return send(response, begun + brokenEvent(format) + events.slice(head + 1).join(''));
      case 'error-in-stream':
        return send(response, begun + streamError(format));
      case 'silent':
        return sendPart(response, begun, 'keep');
      case 'split-utf8':
      case 'slow-bytes':
        return sendBytewise(response, Buffer.from(whole), fault === 'slow-bytes' ? 1 : 0);
      case 'endless':
      case 'oversized':
        return sendForever(response, start, events[head] ?? '', fault === 'endless' ? 20 : 0);
      default:
        return send(response, whole);
    }
  }

  function sendBytewise(response: ServerResponse, bytes: Buffer, every: number): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.socket?.setNoDelay(true);
    let index = 0;
    const next = (): void => {
      if (index >= bytes.length) return void response.end();
      response.write(bytes.subarray(index, (index += 1)));
      if (every > 0 && index % 20 === 0) later(next, every);
      else setImmediate(next);
    };
    next();
  }

  function sendForever(response: ServerResponse, start: string, event: string, every: number): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(start);
    const next = (): void => {
      if (response.destroyed || response.socket?.destroyed !== false) return;
      response.write(every > 0 ? event : event.repeat(500));
      later(next, every);
    };
    next();
  }

  function later(work: () => void, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  }

  function sendError(
    response: ServerResponse,
    status: number,
    kind: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    sendRaw(response, {
      status,
      type: 'application/json',
      headers,
      bytes: Buffer.from(errorBody(format, status, kind, message)),
    });
  }

  function sendModels(response: ServerResponse): void {
    if (double.fault === 'unauthorized') return sendError(response, 401, 'authentication_error', `Bad key ${key}`);
    sendJson(
      response,
      format === 'google'
        ? { models: [{ name: 'models/double' }, { name: 'models/other' }] }
        : {
            object: 'list',
            data: [
              { id: 'double', object: 'model', type: 'model' },
              { id: 'other', object: 'model', type: 'model' },
            ],
            has_more: false,
          },
    );
  }

  const double: ProviderDouble = {
    address: '',
    seen,
    fault: 'none',
    script: undefined,
    rerankAs: 'jina',
    requests: () => generations,
    sockets: () => busy.size,
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(double, { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
