import { s3Missing, startS3, startTcpProxy, type TcpProxy } from '@heddle/adapters/testing';
import type { Blobs } from '@heddle/core';
import { createHash } from 'node:crypto';

const name = 'chaos';

/** The bucket of a cluster, and the proxy through which all processes reach it. */
export interface ChaosBucket {
  /** The value of `HEDDLE_BLOBS_URL`, which leads through the proxy. */
  readonly url: string;
  readonly proxy: TcpProxy;
  /** Kills the server. */
  kill(): Promise<void>;
  /** Starts the server again and waits until it stores data. */
  begin(): Promise<void>;
  /** The content of the bucket, for the checks. */
  readonly blobs: Blobs;
  close(): Promise<void>;
}

/** Starts an object storage server with one bucket. Gives the reason if none is installed. */
export async function startBucket(): Promise<ChaosBucket | string> {
  const missing = s3Missing();
  if (missing !== undefined) return missing;
  const s3 = await startS3();
  await s3.make(name);
  const proxy = await startTcpProxy(Number(new URL(s3.endpoint).port));
  return {
    url: s3.addressOf(name).replace(s3.endpoint, `http://127.0.0.1:${proxy.port}`),
    proxy,
    kill: () => s3.kill(),
    begin: () => s3.begin(),
    blobs: { put: readOnly, has: readOnly, get: async (id) => checked(id, await s3.get(name, keyOf(id))) },
    async close() {
      await proxy.close();
      await s3.close();
    },
  };
}

const readOnly = (): Promise<never> => Promise.reject(new Error('The checker only reads what is in the bucket.'));

const keyOf = (id: string): string => id.replace(/^sha256:(..)/, 'blobs/$1/');

function checked(id: string, content: Uint8Array): Uint8Array {
  const found = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  if (found !== id) throw new Error(`The bucket has ${found} in place of ${id}.`);
  return content;
}
