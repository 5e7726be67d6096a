import type { LivePointer } from '@heddle/core';
import { createHash } from 'node:crypto';

/**
 * The version for a caller who pins none. With a canary, a caller always gets the same version, by a hash of their name.
 *
 * @example chooseVersion({ version: 3, canary: { version: 4, share: 0.1 } }, workflowId, 'key:k') // 3 or 4
 */
export function chooseVersion({ version, canary }: LivePointer, workflowId: string, caller: string): number {
  if (canary === undefined || canary.share <= 0) return version;
  const digest = createHash('sha256').update(`${workflowId} ${canary.version} ${caller}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < canary.share ? canary.version : version;
}
