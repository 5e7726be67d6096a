import type { Tables } from '@heddle/core';
import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../../connections/vault/seal.js';
import { ChannelStore, type StoredChannel } from '../channel-store.js';
import type { SealedText } from '../../identity/sealed-text.js';

/** Sealed texts under a key of the test. */
export function testSealedText(key = randomBytes(32)): SealedText {
  return {
    seal: (name, value) => seal(key, name, value),
    open: (name, sealed) => unseal(key, name, sealed),
  };
}

/** Adds a workflow. */
export async function addWorkflow(tables: Tables, id: string): Promise<void> {
  const sql = `INSERT INTO workflows (id, slug, revision, created_at, updated_at, document) VALUES (@id, @id, 1, 0, 0, '{}')`;
  await tables.commit([{ sql, values: { id } }]);
}

/** Adds a channel of the workflow `w`, which must be there. */
export async function addChannel(
  tables: Tables,
  given: Partial<StoredChannel> & { readonly id: string },
): Promise<void> {
  const channel = { kind: 'share', workflowId: 'w', owner: 'local', body: {}, createdAt: 1, ...given } as const;
  await tables.commit(new ChannelStore(tables, testSealedText()).write.insert(channel));
}
