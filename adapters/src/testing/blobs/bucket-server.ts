import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  storedAt: number;
}

/** What happens to the next requests with a method. */
export type BucketFault = 'cut the request' | 'swallow the request' | number;

/**
 * A test double of a bucket server in memory, with simulated faults. It supports what blobs and originals use, and checks no signatures.
 */
export interface BucketServer {
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** The received requests, such as `PUT ab/cd`. */
  readonly requests: string[];
  /** The most objects on one page of a list. */
  mostListed: number;
  /** Sets the faults of the next requests with this method, in order. */
  fail(method: string, ...faults: readonly BucketFault[]): void;
  close(): Promise<void>;
}

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex');

/** Starts the double. @example const server = await startBucket(); const bucket = await openBucket({ url: server.url, … }); */
export async function startBucket(name = 'heddle'): Promise<BucketServer> {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: string[] = [];
  const faults = new Map<string, BucketFault[]>();

  function answer(request: IncomingMessage, body: Buffer, reply: ServerResponse): ServerResponse {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket');
    const key = decodeURIComponent(pathname.slice(name.length + 2));
    const { method = '' } = request;
    const upload = searchParams.get('uploadId');
    if (!pathname.startsWith(`/${name}`)) return send(reply, 404, errorOf('NoSuchBucket'));
    if (key === '' && method === 'GET') return send(reply, 200, listOf(objects, searchParams, opened.mostListed));
    if (key === '') return send(reply, 200, '');
    if (method === 'POST' && searchParams.has('uploads')) {
      const id = `upload-${uploads.size + 1}`;
      uploads.set(id, new Map());
      return send(
        reply,
        200,
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (upload !== null && method === 'PUT') {
      uploads.get(upload)?.set(Number(searchParams.get('partNumber')), body);
      return send(reply, 200, '', { etag: `"${md5(body)}"` });
    }
    if (upload !== null && method === 'DELETE') {
      uploads.delete(upload);
      return send(reply, 204, '');
    }
    if (method === 'PUT' || (upload !== null && method === 'POST')) return store(request, key, body, upload, reply);
    const found = objects.get(key);
    if (method === 'DELETE') {
      objects.delete(key);
      return send(reply, 204, '');
    }
    if (found === undefined) return send(reply, 404, errorOf('NoSuchKey'));
    return send(reply, 200, method === 'HEAD' ? '' : found.body, {
      ...found.headers,
      'content-length': String(found.body.length),
      'last-modified': new Date(found.storedAt).toUTCString(),
      etag: `"${found.etag}"`,
    });
  }

  function store(
    request: IncomingMessage,
    key: string,
    body: Buffer,
    upload: string | null,
    reply: ServerResponse,
  ): ServerResponse {
    if (request.headers['if-none-match'] === '*' && objects.has(key))
      return send(reply, 412, errorOf('PreconditionFailed'));
    const parts = upload === null ? undefined : uploads.get(upload);
    const ordered = [...(parts ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
    const content = parts === undefined ? body : Buffer.concat(ordered);
    const kept = Object.entries(request.headers).filter(([header]) => /^(?:content-type|x-amz-meta-)/.test(header));
    const headers = Object.fromEntries(kept.map(([header, value]) => [header, String(value)]));
    const etag = parts === undefined ? md5(content) : `${md5(content)}-${parts.size}`;
    objects.set(key, { body: content, etag, storedAt: Date.now(), headers });
    if (upload !== null) uploads.delete(upload);
    return send(reply, 200, upload === null ? '' : '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>', {
      etag: `"${etag}"`,
    });
  }

  const server = createServer((request, reply) => {
    void (async () => {
      const { method = '', url = '' } = request;
      requests.push(`${method} ${url}`);
      const fault = faults.get(method)?.shift();
      if (fault === 'cut the request') return void request.socket.destroy();
      if (fault === 'swallow the request') return;
      const body = Buffer.concat(await request.toArray());
      if (fault === undefined) answer(request, body, reply);
      else send(reply, fault, errorOf(fault === 503 ? 'SlowDown' : fault === 403 ? 'AccessDenied' : 'InternalError'));
    })().catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opened: BucketServer = {
    objects,
    uploads,
    requests,
    mostListed: 1_000,
    url: `s3://test:canary-secret@${name}?endpoint=http://127.0.0.1:${port}`,
    fail: (method, ...next) => void faults.set(method, [...(faults.get(method) ?? []), ...next]),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return opened;
}

function send(
  reply: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): ServerResponse {
  reply.writeHead(status, { 'content-type': 'application/xml', ...headers });
  return reply.end(body);
}

const errorOf = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

function listOf(objects: ReadonlyMap<string, StoredObject>, query: URLSearchParams, mostListed: number): string {
  if (query.has('uploads')) return '<ListMultipartUploadsResult></ListMultipartUploadsResult>';
  const prefix = query.get('prefix') ?? '';
  const after = query.get('continuation-token') ?? '';
  const listed = [...objects]
    .filter(([key]) => key.startsWith(prefix) && key > after)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const page = listed.slice(0, mostListed);
  const entries = page.map(
    ([key, { body, storedAt, etag }]) =>
      `<Contents><Key>${key}</Key><Size>${body.length}</Size><ETag>&quot;${etag}&quot;</ETag><LastModified>${new Date(storedAt).toISOString()}</LastModified></Contents>`,
  );
  const isCut = page.length < listed.length;
  const next = isCut ? `<NextContinuationToken>${page.at(-1)?.[0] ?? ''}</NextContinuationToken>` : '';
  return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
}
