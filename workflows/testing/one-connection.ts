import { ConnectionHub } from '@heddle/adapters/connections';
import type { Connection } from '@heddle/core';
import { clock } from './open-test-heddle.js';

/** Makes a connection hub with only this connection, and a key for it. */
export function oneConnection(connection: Connection): ConnectionHub {
  return new ConnectionHub({
    store: {
      list: async () => [connection],
      get: async () => connection,
      add: async () => undefined,
      save: async () => undefined,
      delete: async () => undefined,
    },
    vault: {
      has: async () => true,
      set: async () => undefined,
      get: async () => 'key-of-the-test',
      delete: async () => undefined,
    },
    clock,
    random: Math.random,
    readFile: async () => new Uint8Array(),
  });
}
