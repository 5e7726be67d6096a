import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerEmbeddings, type EmbeddedText } from './embedder.js';

/** A request as the ledger saw it. */
export interface LedgerEntry {
  /** What the request is about; the run's own tag and the name of the effect. */
  readonly tag: string;
  readonly effect: string;
  readonly key: string | undefined;
  /** What it brought; empty where that has not come yet. */
  body: string;
  readonly arrivedAt: number;
  /** When the connection was done with: answered, or given up by the other side. */
  closedAt: number | undefined;
  isAnswered: boolean;
}

/** A message to a webhook as the ledger saw it. */
export interface WebhookMessage {
  readonly id: string;
  readonly runId: string;
  readonly arrivedAt: number;
  /** When it was answered; nobody was told where the other side had gone. */
  answeredAt: number | undefined;
}

/** A server on loopback that writes down every request: the outside world of the workflows under test. */
export interface Ledger {
  /** Such as `http://127.0.0.1:4711`. */
  readonly address: string;
  /** The host as `HEDDLE_FETCH_ALLOW` wants it. */
  readonly host: string;
  readonly entries: readonly LedgerEntry[];
  /** Messages to the webhook (`POST /told`). */
  readonly notifications: readonly WebhookMessage[];
  /** Texts that it was asked to embed (`POST /v1/embeddings`). */
  readonly embedded: readonly EmbeddedText[];
  close(): Promise<void>;
}

/** Opens a ledger. `GET|POST /TAG/EFFECT?ms=N` answers after N ms. */
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
      // The first request of this name meets an error.
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

/** Takes a while to answer, so that some kills come in between. */
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
