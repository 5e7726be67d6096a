import { type IncomingMessage } from 'node:http';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { type HubSettings } from './fetch-context.js';
import { httpGet } from './http-request.js';

/** A file on the hub at one commit, with the size and hash that the hub reports. */
export interface HubFile {
  readonly commit: string;
  readonly size: number;
  /** For files that the hub stores outside git. */
  readonly sha256?: string;
  /** Git's own hash, for other files. */
  readonly blobId?: string;
}

export interface HubLocation {
  readonly repository: string;
  readonly revision: string;
  readonly file: string;
}

const RevisionReply = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.int().nonnegative().optional(),
      blobId: z
        .string()
        .regex(/^[0-9a-f]{40}$/)
        .optional(),
      lfs: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).nullish(),
    }),
  ),
});

/** In bytes. For a repository with ten thousand files, the hub sends about two megabytes. */
const mostReplyBytes = 32 * 2 ** 20;

/** Whether a revision is a commit. A branch or a tag may move. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/**
 * Asks the hub for the current commit of a revision, and for the size and hash of the file at that commit. Errors: `source_unreachable`,
 * `download_failed`.
 */
export async function resolveHubFile(
  location: HubLocation,
  hub: HubSettings,
  signal: AbortSignal | undefined,
): Promise<HubFile> {
  const { repository, revision, file } = location;
  const address = ['api', 'models', ...repository.split('/'), 'revision', revision].map(encodeURIComponent).join('/');
  const response = await httpGet(new URL(`${hub.endpoint.replace(/\/+$/, '')}/${address}?blobs=true`), {
    headers: { accept: 'application/json', 'user-agent': 'heddle', ...authorization(hub) },
    answerMs: hub.answerMs,
    signal,
  });
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    response.resume();
    throw (
      hubRefusal(location, status, hub) ??
      unreadable(location, `it answered with status ${status}`, { retryable: status >= 500 || status === 429 })
    );
  }
  const reply = parseReply(location, await readText(response, location, hub));
  const found = reply.siblings.find(({ rfilename }) => rfilename === file);
  if (found === undefined) throw noFile(location);
  const size = found.lfs?.size ?? found.size;
  const hashes = {
    ...(found.lfs ? { sha256: found.lfs.sha256 } : {}),
    ...(found.blobId === undefined || found.lfs ? {} : { blobId: found.blobId }),
  };
  if (size === undefined || Object.keys(hashes).length === 0)
    throw unreadable(location, 'its answer has no size or no hash of the file');
  if (isCommit(revision) && reply.sha !== revision)
    throw unreadable(location, `it answered with the commit ${reply.sha} instead`);
  return { commit: reply.sha, size, ...hashes };
}

/** The hub token as a header, if there is one. */
export function authorization({ token }: HubSettings): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** The error for a refusal by the hub; undefined if the status has no special meaning. */
export function hubRefusal(
  location: HubLocation,
  status: unknown,
  { token }: HubSettings,
  cause?: unknown,
): HeddleError | undefined {
  if (status === 404) return noFile(location, cause);
  if (status !== 401 && status !== 403) return undefined;
  const way =
    token === undefined
      ? 'accept its licence on the hub and set HF_TOKEN'
      : 'the token in HF_TOKEN has no right to read it';
  return new HeddleError('download_failed', `The hub refused '${location.repository}' (status ${status}): ${way}.`, {
    cause,
    retryable: false,
  });
}

function noFile({ repository, revision, file }: HubLocation, cause?: unknown): HeddleError {
  return new HeddleError('download_failed', `The hub has no '${file}' in '${repository}' at '${revision}'.`, {
    cause,
    retryable: false,
  });
}

function unreadable(
  { repository, revision }: HubLocation,
  reason: string,
  { retryable = false, cause }: { readonly retryable?: boolean; readonly cause?: unknown } = {},
): HeddleError {
  return new HeddleError(
    'download_failed',
    `The hub does not say which file '${revision}' of '${repository}' holds (${reason}): nothing is downloaded without its answer. To download anyway, give the file's sha256 in the entry of the model.`,
    { retryable, cause },
  );
}

function parseReply(location: HubLocation, text: string): z.infer<typeof RevisionReply> {
  try {
    return RevisionReply.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(location, 'its answer is not that of a model hub', { cause });
  }
}

async function readText(response: IncomingMessage, location: HubLocation, { idleMs }: HubSettings): Promise<string> {
  response.setTimeout(idleMs, () => response.destroy(new Error(`no byte for ${idleMs} ms`)));
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      const part = Buffer.from(chunk as Uint8Array); // A response without an encoding yields buffers.
      bytes += part.length;
      if (bytes > mostReplyBytes) throw unreadable(location, 'its answer is too long');
      chunks.push(part);
    }
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw new HeddleError('source_unreachable', "The hub's answer was cut off.", { cause: error });
  }
  return Buffer.concat(chunks).toString('utf8');
}
