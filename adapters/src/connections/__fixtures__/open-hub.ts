import { Connection, HeddleError, type Clock, type SecretVault } from '@heddle/core';
import { ConnectionHub } from '../connection-hub.js';
import type { WireFormat } from './wire-formats.js';

export const canary = 'sk-canary-0123456789abcdefghijKLMNOP';

/** Real time. */
const wallClock: Clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A vault in memory. */
function memoryVault(values: Readonly<Record<string, string>> = {}): SecretVault {
  const kept = new Map(Object.entries(values));
  return {
    has: async (name) => kept.has(name),
    set: async (name, value) => void kept.set(name, value),
    delete: async (name) => void kept.delete(name),
    get: async (name) => {
      const value = kept.get(name);
      if (value === undefined) throw new HeddleError('secret_not_found', `There is no secret '${name}'.`);
      return value;
    },
  };
}

const kinds = { openai: 'openai', responses: 'openai', anthropic: 'anthropic', google: 'google' } as const;

/** A connection to an address, with short limits. */
export function connectionTo(address: string, format: WireFormat, more: Partial<Connection> = {}): Connection {
  return Connection.parse({
    id: 'double',
    kind: kinds[format],
    ...(format === 'responses' ? { api: 'responses' as const } : {}),
    baseUrl: format === 'openai' || format === 'responses' ? `${address}/v1` : address,
    models: [
      {
        name: 'double',
        contextTokens: 512,
        supports: { schema: true, tools: true, images: true, reasoning: true },
      },
    ],
    prices: [{ model: 'dou*', inputPerMillion: 1, outputPerMillion: 10, cachedPerMillion: 0.1, asOf: '2026-11-01' }],
    timeouts: { connectMs: 300, idleMs: 300, totalMs: 20_000 },
    attempts: 3,
    ...more,
  });
}

/** A hub with one connection. Pass a function where the stored connection changes during the test. */
export function openHub(
  connection: Connection | (() => Connection),
  options: {
    readonly clock?: Clock;
    readonly key?: string;
    readonly readFile?: () => Promise<Uint8Array>;
    readonly recheckMs?: number;
  } = {},
): ConnectionHub {
  const stored = typeof connection === 'function' ? connection : () => connection;
  return new ConnectionHub({
    store: {
      list: async () => [stored()],
      get: async (id) => {
        if (id !== stored().id) throw new HeddleError('connection_not_found', `There is no connection '${id}'.`);
        return stored();
      },
      add: async () => undefined,
      save: async () => undefined,
      delete: async () => undefined,
    },
    vault: memoryVault({ [`connection.${stored().id}`]: options.key ?? canary }),
    clock: options.clock ?? wallClock,
    random: () => 0,
    maxReplyBytes: 1_000_000,
    readFile: options.readFile ?? (async () => new Uint8Array([1, 2, 3])),
    recheckMs: options.recheckMs,
  });
}
