import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerEmbeddings, type EmbeddedText } from './embedder.js';

/** A request that the ledger received. */
export interface LedgerEntry {
  /** The tag of the run; `effect` is the name of the effect. */
  readonly tag: string;
  readonly effect: string;
  readonly key: string | undefined;
  /** The body; empty until it has arrived. */
  body: string;
  readonly arrivedAt: number;
  /** When the connection was closed, by the answer or by the client. */
  closedAt: number | undefined;
  isAnswered: boolean;
}

/** A message to a webhook that the ledger received. */
export interface WebhookMessage {
  readonly id: string;
  readonly runId: string;
  readonly arrivedAt: number;
  /** When it was answered; undefined if the sender had closed the connection. */
  answeredAt: number | undefined;
}

/** A server on loopback that records every request. It is the outside world for the tested workflows. */
export interface Ledger {
  /** Such as `http://127.0.0.1:4711`. */
  readonly address: string;
  /** The host, in the form of `HEDDLE_FETCH_ALLOW`. */
  readonly host: string;
  readonly entries: readonly LedgerEntry[];
  readonly notifications: readonly WebhookMessage[];
  readonly embedded: readonly EmbeddedText[];
  close(): Promise<void>;
}

/**
 * Opens a ledger. It answers `GET|POST /TAG/EFFECT?ms=N` after N ms, `POST /told` as a webhook, and `POST /v1/embeddings` as an embedder.
 */
export async function openLedger(): Promise<Ledger> {
  const entries: LedgerEntry[] = [];
  const notifications: WebhookMessage[] = [];
  const embedded: EmbeddedText[] = [];
  const server = createServer((request, reply) => {
    if (request.url === '/v1/embeddings') answerEmbeddings(request, reply, embedded);
    else if (request.url === '/told') receive(notifications, request, reply);
    else write(entries, request, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    address: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    entries,
    notifications,
    embedded,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function write(entries: LedgerEntry[], request: IncomingMessage, reply: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://ledger');
  const [, tag = '', effect = ''] = url.pathname.split('/').map(decodeURIComponent);
  const key = request.headers['idempotency-key'];
  const entry: LedgerEntry = {
    tag,
    effect,
    key: typeof key === 'string' ? key : undefined,
    arrivedAt: Date.now(),
    closedAt: undefined,
    isAnswered: false,
    body: '',
  };
  entries.push(entry);
  request.setEncoding('utf8').on('data', (part: string) => (entry.body += part));
  const timer = setTimeout(
    () => {
      entry.isAnswered = true;
      // The first request with this effect gets an error.
      if (effect === 'fails-once' && entries.filter((other) => other.effect === effect).length === 1)
        reply.statusCode = 400;
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify({ tag, effect }));
    },
    Number(url.searchParams.get('ms') ?? 0),
  );
  reply.once('close', () => {
    clearTimeout(timer);
    entry.closedAt = Date.now();
  });
}

/** The answer is delayed, so that some kills come before it. */
const answerMs = 20;

function receive(notifications: WebhookMessage[], request: IncomingMessage, reply: ServerResponse): void {
  const arrivedAt = Date.now();
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  request.on('end', () => {
    const { data } = JSON.parse(text) as { data: { runId: string } };
    const message: WebhookMessage = {
      id: String(request.headers['webhook-id']),
      runId: data.runId,
      arrivedAt,
      answeredAt: undefined,
    };
    notifications.push(message);
    setTimeout(() => {
      if (!reply.destroyed) message.answeredAt = Date.now();
      reply.end();
    }, answerMs);
  });
}
