/**
 * Whether a run belongs to the sample for a share. The result depends only on the run id, and a larger share contains all runs of a smaller
 * one.
 *
 * @example isSampled('run-1', 1) // true
 */
export function isSampled(runId: string, share: number): boolean {
  return hashOf(runId) / 0x1_0000_0000 < share;
}

/** FNV-1a with the finalizer of MurmurHash3, so that ids that differ in one digit are distributed evenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
