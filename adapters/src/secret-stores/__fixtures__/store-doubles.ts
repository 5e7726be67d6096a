import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a double answers next, in place of what it would. */
export type Fault = { readonly status: number; readonly body?: unknown; readonly location?: string } | 'hang' | 'drop';

export interface StoreDouble {
  readonly address: string;
  /** Path and body of each question. */
  readonly asked: string[];
  fault: Fault | undefined;
  close(): void;
}

async function startDouble(
  answer: (request: IncomingMessage, body: string) => { readonly status: number; readonly body: unknown },
): Promise<StoreDouble> {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      asked.push(`${request.url ?? ''} ${body}`.trim());
      const { fault } = double;
      if (fault === 'hang') return;
      if (fault === 'drop') {
        reply.destroy();
        return;
      }
      const given = fault ?? answer(request, body);
      const redirect = fault?.location === undefined ? {} : { location: fault.location };
      reply.writeHead(given.status, { 'content-type': 'application/json', ...redirect });
      reply.end(JSON.stringify(given.body ?? {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const double: StoreDouble = {
    ...{ address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, fault: undefined },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return double;
}

/** A vault with a key-value engine of version 2: paths below its mount, for one token and namespace. */
export function startVaultDouble(options: {
  readonly token: () => string;
  readonly namespace?: string;
  readonly mount: string;
  readonly secrets: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly leaseSeconds?: number;
}): Promise<StoreDouble> {
  return startDouble(({ url = '', headers }) => {
    if (headers['x-vault-token'] !== options.token() || headers['x-vault-namespace'] !== options.namespace)
      return { status: 403, body: { errors: ['permission denied'] } };
    const where = decodeURIComponent(url).replace(`/v1/${options.mount}/data/`, '');
    const data = options.secrets[where];
    // A deleted version answers 404 with data that is null.
    if (data === undefined || data === null) return { status: 404, body: { errors: [], data: { data: null } } };
    const lease_duration = options.leaseSeconds ?? 0;
    return { status: 200, body: { lease_duration, data: { data, metadata: { version: 1 } } } };
  });
}

/** Secrets Manager, which checks each signature with an own reckoning of it. */
export function startAwsDouble(options: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly secrets: Readonly<Record<string, object>>;
}): Promise<StoreDouble> {
  const refuse = (type: string, status = 400): { status: number; body: unknown } => ({
    status,
    body: { __type: `com.amazonaws#${type}`, Message: 'no' },
  });
  return startDouble((request, body) => {
    const { headers } = request;
    if (headers['x-amz-security-token'] !== options.sessionToken) return refuse('UnrecognizedClientException');
    const given = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/secretsmanager\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
    if (given === null) return refuse('IncompleteSignatureException');
    const [, key, day = '', region = '', signed = '', signature = ''] = given;
    if (key !== options.accessKeyId || region !== options.region) return refuse('UnrecognizedClientException');
    const lines = signed.split(';').map((name) => `${name}:${String(headers[name] ?? '')}`);
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
    const canonical = `POST\n${request.url ?? ''}\n\n${lines.join('\n')}\n\n${signed}\n${hash(body)}`;
    const scope = `${day}/${region}/secretsmanager/aws4_request`;
    const text = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${hash(canonical)}`;
    let secret: Buffer = Buffer.from(`AWS4${options.secretAccessKey}`);
    for (const part of scope.split('/')) secret = createHmac('sha256', secret).update(part).digest();
    const wanted = createHmac('sha256', secret).update(text).digest();
    if (!timingSafeEqual(wanted, Buffer.from(signature, 'hex'))) return refuse('InvalidSignatureException');
    if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return refuse('UnknownOperationException');
    const id = (JSON.parse(body) as { SecretId: string }).SecretId;
    const found = options.secrets[id];
    return found === undefined ? refuse('ResourceNotFoundException') : { status: 200, body: found };
  });
}
