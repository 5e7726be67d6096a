import type { LivePointer } from '@heddle/core';
import { createHash } from 'node:crypto';

/**
 * The version that a caller gets who pins none. With a canary the same caller always gets the same one, by a hash of its name.
 *
 * @example chooseVersion({ version: 3, canary: { version: 4, share: 0.1 } }, workflowId, 'key:k') // 3 or 4
 */
export function chooseVersion({ version, canary }: LivePointer, workflowId: string, caller: string): number {
  if (canary === undefined || canary.share <= 0) return version;
  const digest = createHash('sha256').update(`${workflowId} ${canary.version} ${caller}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < canary.share ? canary.version : version;
}
