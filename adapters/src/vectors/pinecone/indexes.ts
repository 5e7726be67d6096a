import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { pause, type Connection } from './connection.js';

const Index = z.object({
  name: z.string(),
  host: z.string(),
  dimension: z.number().nullish(),
  metric: z.string(),
  vector_type: z.string().default('dense'),
  status: z.object({ ready: z.boolean() }),
});
type Index = z.infer<typeof Index>;

/** Milliseconds until the second check of a new index. */
const firstPauseMs = 20;
/** Most milliseconds between two checks. */
const longestPauseMs = 2_000;
/** Milliseconds until a new index must be ready. */
const readyMs = 180_000;

/** The addresses of Heddle's indexes: one index with terms and texts, and one for each vector length. */
export class Indexes {
  private readonly bases = new Map<string, Promise<string>>();
  private readonly connection: Connection;
  private readonly prefix: string;
  private readonly region: readonly [cloud: string, region: string];

  constructor(connection: Connection, prefix: string, region: string) {
    const [cloud = '', name = '', ...others] = region.split('/');
    if (![cloud, name].every((part) => /^[a-z0-9-]+$/.test(part)) || others.length > 0)
      throw new HeddleError('setting_invalid', 'The region of Pinecone is not valid: write it as aws/us-east-1.');
    if (!/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(prefix))
      throw new HeddleError(
        'setting_invalid',
        'The prefix of indexes may only contain lower-case letters, digits and hyphens.',
      );
    this.connection = connection;
    this.prefix = prefix;
    this.region = [cloud, name];
  }

  /** The address of the index with texts, terms and names. */
  terms(signal?: AbortSignal): Promise<string> {
    return this.base(`${this.prefix}-terms`, undefined, signal);
  }

  /** The address of the index for vectors of this length. */
  vectors(dimensions: number, signal?: AbortSignal): Promise<string> {
    return this.base(`${this.prefix}-vectors-${dimensions}`, dimensions, signal);
  }

  private base(name: string, dimension: number | undefined, signal: AbortSignal | undefined): Promise<string> {
    const known = this.bases.get(name);
    if (known !== undefined) return known;
    const found = this.ready(name, dimension, signal);
    this.bases.set(name, found);
    found.catch(() => this.bases.delete(name));
    return found;
  }

  /** The address of an index once it is ready; creates the index if it is missing. */
  private async ready(name: string, dimension: number | undefined, signal: AbortSignal | undefined): Promise<string> {
    const end = Date.now() + readyMs;
    for (let pauseMs: number = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
      const index = (await this.find(name, signal)) ?? (await this.make(name, dimension, signal));
      const isOurs =
        dimension === undefined
          ? index.vector_type === 'sparse'
          : index.vector_type === 'dense' && index.dimension === dimension && index.metric === 'dotproduct';
      if (!isOurs)
        throw new HeddleError(
          'vector_store_failed',
          `The index '${name}' on Pinecone was not made by Heddle: rename it, or use another project.`,
        );
      if (index.status.ready) return this.addressOf(index.host);
      if (Date.now() > end)
        throw new HeddleError('vector_store_failed', `The index '${name}' on Pinecone did not become ready in time.`, {
          retryable: true,
        });
      await pause(pauseMs, signal);
    }
  }

  private async find(name: string, signal: AbortSignal | undefined): Promise<Index | undefined> {
    const { base } = this.connection;
    const answer = await this.connection.send({ method: 'GET', base, path: `/indexes/${name}`, signal }, true);
    return answer === undefined ? undefined : readIndex(answer.body, base);
  }

  /** Creates an index. If another program was faster, its index is used. */
  private async make(name: string, dimension: number | undefined, signal: AbortSignal | undefined): Promise<Index> {
    const { base } = this.connection;
    const [cloud, region] = this.region;
    const body = {
      name,
      metric: 'dotproduct',
      spec: { serverless: { cloud, region } },
      ...(dimension === undefined ? { vector_type: 'sparse' } : { vector_type: 'dense', dimension }),
    };
    try {
      const answer = await this.connection.send({ method: 'POST', base, path: '/indexes', body, signal });
      return readIndex(answer?.body, base);
    } catch (error) {
      const other = isNameTaken(error) ? await this.find(name, signal) : undefined;
      if (other === undefined) throw error;
      return other;
    }
  }

  /** Pinecone names a host without a scheme; it has the scheme of the address that was asked. */
  private addressOf(host: string): string {
    const { protocol } = new URL(this.connection.base);
    const address = `${protocol}//${host.replace(/^https?:\/\//, '').replace(/\/+$/, '')}`;
    if (URL.canParse(address)) return address;
    throw new HeddleError('vector_store_failed', 'Pinecone names no address of an index: check PINECONE_URL.');
  }
}

/** Whether the name was already taken. */
export const isNameTaken = (error: unknown): boolean =>
  error instanceof HeddleError && error.details?.['status'] === 409;

function readIndex(body: unknown, base: string): Index {
  const parsed = Index.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'vector_store_failed',
    `The server at ${new URL(base).host} does not answer like Pinecone: check PINECONE_URL.`,
    { cause: parsed.error },
  );
}
