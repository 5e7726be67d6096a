import type { FileRoom } from '@heddle/adapters/channels';
import { HeddleError } from '@heddle/core';

/** The most files of a project. */
const mostFiles = 1_000;
/** The most bytes of all files of a project together. */
export const mostBytes = 10 * 1024 ** 3;
const dayMs = 86_400_000;
/** Files expire after this many days if the request does not say when. */
const usualDays = 30;

/** When a file that is created now expires, in epoch milliseconds. */
export function expiryOf(now: number, seconds: number | undefined): number {
  return now + (seconds === undefined ? usualDays * dayMs : seconds * 1_000);
}

/** The error for a file that does not exist, has expired or belongs to another caller. */
export const fileNotFound = (id: string, input?: string): HeddleError =>
  new HeddleError(
    'file_not_found',
    `There is no file '${id.slice(0, 80)}': GET /v1/files lists yours. A file expires ${usualDays} days after it was made, unless it says otherwise.`,
    input === undefined ? {} : { details: { input } },
  );

/** The space of a project for files, which the commit of a file checks again. */
export const roomOf = (held: { readonly files: number; readonly bytes: number }): FileRoom => ({
  files: mostFiles,
  bytes: mostBytes,
  otherwise: () => noRoom(held),
});

/** Errors: `conflict` if a project has no space for another file. */
export function checkRoom(held: { readonly files: number; readonly bytes: number }): void {
  if (held.files >= mostFiles || held.bytes >= mostBytes) throw noRoom(held);
}

function noRoom({ files, bytes }: { readonly files: number; readonly bytes: number }): HeddleError {
  return new HeddleError(
    'conflict',
    `The project has ${files} files with ${bytes} bytes; it may have ${mostFiles} with ${mostBytes}: delete files with DELETE /v1/files/ID.`,
    { details: { files, bytes } },
  );
}

/** A page of a list that starts with the newest entry. */
export function pageOf<Entry extends { readonly id: string }>(
  entries: readonly Entry[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): {
  readonly entries: readonly Entry[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
} {
  const from = after === undefined ? 0 : entries.findIndex(({ id }) => id === after) + 1;
  const page = entries.slice(from, from + limit);
  return {
    entries: page,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: from + limit < entries.length,
  };
}
