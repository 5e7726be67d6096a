import type { VersionsReply } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { toApiError } from '../../data/http/http.js';
import { showToast, type ViewStore } from '../view/index.js';
import { showVersions } from './versions-store.js';

/** The versions that callers get: the live version, and for a share of them the canary. */
export interface GivenLive {
  readonly version: number;
  readonly canary?: { readonly version: number; readonly share: number };
}

/** Makes another version live, or none, and announces it. Rejects with the error of the API. */
export async function moveLive(view: ViewStore, workflow: string, live: GivenLive | null, text: string): Promise<void> {
  await showVersions(
    workflow,
    await client.POST('/api/workflows/{id}/live', { params: { path: { id: workflow } }, body: { live } }),
  );
  showToast(view, text);
}

/** Makes a version live without asking for confirmation, because making the earlier version live undoes it. */
export function makeLive(view: ViewStore, workflow: string, version: number): void {
  moveLive(view, workflow, { version }, `Version ${version} is live`).catch((error: unknown) =>
    showToast(view, toApiError(error).message, true),
  );
}

/** The version that a rollback would make live. During a test this is the live version alone, otherwise the one before it. */
export function rollbackOf(
  reply: VersionsReply | undefined,
): { readonly version: number; readonly title: string } | undefined {
  const live = reply?.live;
  if (reply === undefined || live === undefined) return undefined;
  if (live.test !== undefined)
    return { version: live.version, title: live.test.kind === 'canary' ? 'Stop the canary' : 'Stop the A/B test' };
  // A canary that was rolled back was never live for all callers.
  const before = reply.versions
    .map(({ version }) => version)
    .filter((version) => version < live.version && !isRolledBack(reply, version));
  return before.length === 0
    ? undefined
    : { version: Math.max(...before), title: `Roll back to version ${Math.max(...before)}` };
}

/** The latest version if it is newer than the live one, to return to it after a rollback. */
export function returnOf(
  reply: VersionsReply | undefined,
): { readonly version: number; readonly title: string } | undefined {
  const live = reply?.live;
  const [latest] = reply?.versions ?? [];
  if (live === undefined || latest === undefined || live.test !== undefined) return undefined;
  if (latest.version <= live.version || isRolledBack(reply, latest.version)) return undefined;
  return { version: latest.version, title: `Make version ${latest.version} live` };
}

/** Whether the latest test rolled this version back. */
function isRolledBack(reply: VersionsReply | undefined, version: number): boolean {
  return reply?.test?.test.rollbacks.some((one) => one.version === version) === true;
}
