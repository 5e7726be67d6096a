import type { VersionsReply } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { toApiError } from '../../data/http/http.js';
import { say, type ViewStore } from '../view/index.js';
import { showVersions } from './versions-store.js';

/** What callers get: a version, and for a share of them another one. */
export interface GivenLive {
  readonly version: number;
  readonly canary?: { readonly version: number; readonly share: number };
}

/** Gives callers another version, or none, and says so. Errors: as the API. */
export async function moveLive(view: ViewStore, workflow: string, live: GivenLive | null, text: string): Promise<void> {
  await showVersions(
    workflow,
    await client.POST('/api/workflows/{id}/live', { params: { path: { id: workflow } }, body: { live } }),
  );
  say(view, text);
}

/** Makes a version live at once, without a question: the same click on another version takes it back. */
export function makeLive(view: ViewStore, workflow: string, version: number): void {
  moveLive(view, workflow, { version }, `Version ${version} is live`).catch((error: unknown) =>
    say(view, toApiError(error).message, true),
  );
}

/** What a click gives callers back: without a test, the live version alone; else the version before the live one. */
export function rollbackOf(
  reply: VersionsReply | undefined,
): { readonly version: number; readonly title: string } | undefined {
  const live = reply?.live;
  if (reply === undefined || live === undefined) return undefined;
  if (live.test !== undefined)
    return { version: live.version, title: live.test.kind === 'canary' ? 'Stop the canary' : 'Stop the A/B test' };
  // A canary that was rolled back never was live for everybody.
  const before = reply.versions
    .map(({ version }) => version)
    .filter((version) => version < live.version && !isRolledBack(reply, version));
  return before.length === 0
    ? undefined
    : { version: Math.max(...before), title: `Roll back to version ${Math.max(...before)}` };
}

/** A later version than the live one, for the way back after a rollback. */
export function returnOf(
  reply: VersionsReply | undefined,
): { readonly version: number; readonly title: string } | undefined {
  const live = reply?.live;
  const [latest] = reply?.versions ?? [];
  if (live === undefined || latest === undefined || live.test !== undefined) return undefined;
  if (latest.version <= live.version || isRolledBack(reply, latest.version)) return undefined;
  return { version: latest.version, title: `Make version ${latest.version} live` };
}

/** Whether the last test took a version from its callers. */
function isRolledBack(reply: VersionsReply | undefined, version: number): boolean {
  return reply?.test?.test.rollbacks.some((one) => one.version === version) === true;
}
