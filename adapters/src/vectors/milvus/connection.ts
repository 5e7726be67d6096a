import { setTimeout } from 'node:timers/promises';
import type { Client, Metadata } from '@grpc/grpc-js';
import { HeddleError } from '@heddle/core';
import { stopped } from '../until-aborted.js';
import { methods, pathOf, requestOf, type Method } from './interface.js';
import { loadLibrary, type Library } from './library.js';
import { faultOf, isBusy, StatusOf, unanswered } from './milvus-error.js';

export interface MilvusOptions {
  /** For example `http://host:19530`; `https://` means TLS. */
  readonly url: string;
  /** `user:password`, or an API key of a cloud service. */
  readonly token?: string | undefined;
  /** The database on the server. Default: the server's default database. */
  readonly database?: string | undefined;
  /** The prefix of the names of Heddle's collections on the server; it begins with a letter. Default `heddle_`. */
  readonly prefix?: string;
  /** Milliseconds after which a request times out. Default 60,000. */
  readonly timeoutMs?: number;
  /** The vector index of new collections: `HNSW` is approximate, `FLAT` compares every vector. Default `HNSW`. */
  readonly index?: 'HNSW' | 'FLAT';
  /** PEM certificates to check the server's certificate with. Default: those of Node. */
  readonly certificates?: Buffer;
}

/** The collection and the signal of a call. */
export interface CallContext {
  readonly collection?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A request or an answer, with Milvus' field names. */
export type Message = Readonly<Record<string, unknown>>;

/** A connection to one server. */
export interface Connection {
  readonly host: string;
  /**
   * Makes a call and returns its answer, whose status is a success. Errors: `vector_store_*`, `collection_not_found`, `storage_full`,
   * `filter_invalid`, `aborted`.
   */
  call(method: Method, request: Message, context?: CallContext): Promise<Message>;
  /** Encodes a message as bytes. */
  encode(type: string, message: Message): Promise<Uint8Array>;
  close(): void;
}

/** Creates a connection, which opens at the first call. Errors: `setting_invalid`. */
export function connect(options: MilvusOptions): Connection {
  const { timeoutMs = 60_000 } = options;
  const { host, target, isSecret } = readAddress(options.url);
  let opened: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => (opened ??= openClient(options, target, isSecret));
  const once = async (method: Method, request: Message, { collection, signal }: CallContext): Promise<Message> => {
    if (signal?.aborted === true) throw stopped(signal);
    const answer = await send(await open(), { method, request, timeoutMs, signal }).catch((error: unknown) => {
      throw signal?.aborted === true ? stopped(signal) : unanswered(error, { host, collection });
    });
    const status = StatusOf.parse(answer['status'] ?? answer);
    if (status.code === 0 && status.error_code === 0) return answer;
    throw faultOf(status, { host, collection });
  };
  return {
    host,
    async call(method, request, context = {}) {
      const end = Date.now() + timeoutMs;
      for (let pause = 100; ; pause = Math.min(2 * pause, 5_000)) {
        try {
          return await once(method, request, context);
        } catch (error) {
          // The server asks for a pause when it has too many requests.
          if (!isBusy(error) || Date.now() + pause > end) throw error;
          await waited(pause, context.signal);
        }
      }
    },
    encode: async (type, message) => encoded(await loadLibrary(), type, message),
    close() {
      opened?.then(({ client }) => client.close()).catch(() => undefined);
      opened = undefined;
    },
  };
}

interface Opened {
  readonly library: Library;
  readonly client: Client;
  readonly metadata: Metadata;
}

async function openClient(
  { token, database, certificates }: MilvusOptions,
  target: string,
  isSecret: boolean,
): Promise<Opened> {
  const library = await loadLibrary();
  const { Client: GrpcClient, credentials, Metadata: GrpcMetadata } = library.grpc;
  const how = isSecret ? credentials.createSsl(certificates ?? null) : credentials.createInsecure();
  const client = new GrpcClient(target, how, {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2_000,
    // The other stores do not use a proxy either.
    'grpc.enable_http_proxy': 0,
    // Each store has its own connection, which closes with it.
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new GrpcMetadata();
  if (token !== undefined && token !== '') metadata.set('authorization', Buffer.from(token).toString('base64'));
  if (database !== undefined && database !== '') metadata.set('dbname', database);
  return { library, client, metadata };
}

interface Sent {
  readonly method: Method;
  readonly request: Message;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

function send({ library, client, metadata }: Opened, { method, request, timeoutMs, signal }: Sent): Promise<Message> {
  return new Promise((resolve, reject) => {
    const answers = library.typeOf(methods[method]);
    const call = client.makeUnaryRequest<Message, Message>(
      pathOf(method),
      (message) => Buffer.from(encoded(library, requestOf(method), message)),
      (bytes) => answers.toObject(answers.decode(bytes), { longs: Number, defaults: true, arrays: true }),
      request,
      metadata,
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        signal?.removeEventListener('abort', abort);
        if (error === null) resolve(answer ?? {});
        else reject(error);
      },
    );
    const abort = (): void => call.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    // The abort may have come while the library was loading.
    if (signal?.aborted === true) abort();
  });
}

function encoded(library: Library, name: string, message: Message): Uint8Array {
  const type = library.typeOf(name);
  return type.encode(type.fromObject(message)).finish();
}

async function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted === true ? stopped(signal) : error;
  }
}

function readAddress(url: string): { readonly host: string; readonly target: string; readonly isSecret: boolean } {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.hostname === '')
    throw new HeddleError('setting_invalid', 'The address of Milvus is not valid: write it as http://host:19530.');
  const { hostname, port, protocol, pathname, search, hash, username, password } = address;
  if (username !== '' || password !== '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Milvus contains a user: write the address without it, and user:password in MILVUS_TOKEN.',
    );
  if (pathname !== '/' || search !== '' || hash !== '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Milvus has a path, which gRPC does not have: write it as http://host:19530.',
    );
  const isSecret = protocol === 'https:';
  // The URL parser drops a written port that is the protocol's default.
  const written = port === '' ? /:(80|443)\/?$/.exec(url)?.[1] : port;
  const host = `${hostname}:${written ?? (isSecret ? '443' : '19530')}`;
  return { host, target: `dns:${host}`, isSecret };
}
