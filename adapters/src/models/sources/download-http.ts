import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage } from 'node:http';
import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import { throwIfAborted, type FetchContext, type Fetched } from './fetch-context.js';
import { httpGet } from './http-request.js';
import { hashFile, otherSize, writeHashed } from './write-hashed.js';

/** Stored beside a part file, so that a later download requests only the rest of exactly the same file. */
const PartInfo = z.object({ url: z.string(), etag: z.string().optional(), total: z.int().positive().optional() });
type PartInfo = z.infer<typeof PartInfo>;

/** The download fails after this many interruptions in a row without a new byte. */
const mostFruitlessTries = 3;

/**
 * Downloads an address to the part file. After an interruption it continues, in this call or in a later one. Errors: `source_unreachable`,
 * `download_failed`, `checksum_mismatch`.
 */
export async function downloadHttp(
  url: URL,
  context: FetchContext,
  headers: Readonly<Record<string, string>>,
): Promise<Fetched> {
  let fruitless = 0;
  let before = -1;
  for (;;) {
    throwIfAborted(context.signal);
    const start = await usablePart(url, context.part);
    fruitless = start.size > before ? 0 : fruitless + 1;
    before = start.size;
    try {
      return await attempt(url, context, headers, start);
    } catch (error) {
      throwIfAborted(context.signal);
      const isCut = error instanceof CutError;
      if (!isCut) throw error;
      if (fruitless >= mostFruitlessTries) {
        throw new HeddleError(
          'download_failed',
          `The connection to '${url.host}' was interrupted ${fruitless + 1} times without a new byte; pull again to continue.`,
          { cause: error },
        );
      }
    }
  }
}

/** The connection closed before the end of the file. */
class CutError extends Error {}

interface PartStart extends PartInfo {
  readonly size: number;
}

async function usablePart(url: URL, part: string): Promise<PartStart> {
  const info = await readPartInfo(part);
  if (info?.etag === undefined || info.url !== url.href) return { url: url.href, size: 0 };
  const { size } = await stat(part).catch(() => ({ size: 0 }));
  return { ...info, size };
}

async function attempt(
  url: URL,
  context: FetchContext,
  headers: Readonly<Record<string, string>>,
  start: PartStart,
): Promise<Fetched> {
  const resume: Readonly<Record<string, string>> =
    start.size > 0 && start.etag !== undefined ? { range: `bytes=${start.size}-`, 'if-range': start.etag } : {};
  const response = await httpGet(url, {
    headers: { ...headers, ...resume, 'accept-encoding': 'identity', 'user-agent': 'heddle' },
    answerMs: context.hub.answerMs,
    signal: context.signal,
  });
  const isRest = response.statusCode === 206 && start.size > 0 && contentStart(response) === start.size;
  if (response.statusCode === 416 && start.size > 0) {
    // The part file is at least as long as the file, so the download starts again.
    response.resume();
    await forgetPart(context.part);
    throw new CutError('the server does not have the range');
  }
  if (response.statusCode !== 200 && !isRest) {
    response.resume();
    throw new HeddleError('download_failed', `'${url.host}' answered with status ${response.statusCode ?? 0}.`, {
      details: { status: response.statusCode ?? 0 },
      retryable: (response.statusCode ?? 500) >= 500 || response.statusCode === 429,
    });
  }
  const offset = isRest ? start.size : 0;
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  const total = Number.isFinite(length) ? offset + length : context.size;
  if (context.size !== undefined && total !== context.size) {
    response.destroy();
    throw otherSize(`'${url.host}' delivers ${total ?? 0} bytes`, context.size);
  }
  try {
    if (total !== undefined) await context.needSpace(total - offset);
  } catch (error) {
    response.destroy();
    throw error;
  }
  await writePartInfo(context.part, { url: url.href, etag: strongEtag(response), total });
  return receive(response, context, { offset, total });
}

async function receive(
  response: IncomingMessage,
  context: FetchContext,
  range: { offset: number; total: number | undefined },
): Promise<Fetched> {
  const { idleMs } = context.hub;
  response.setTimeout(idleMs, () => response.destroy(new CutError(`no byte for ${idleMs} ms`)));
  const append = range.offset > 0 ? await hashFile(context.part) : undefined;
  let fetched: Fetched;
  try {
    fetched = await writeHashed(response, context.part, {
      append,
      signal: context.signal,
      size: context.size,
      onBytes: (bytes) => context.progress(bytes, range.total),
    });
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw new CutError('the connection was interrupted', { cause: error });
  }
  if (range.total !== undefined && fetched.size < range.total) throw new CutError('the connection was interrupted');
  return fetched;
}

function contentStart(response: IncomingMessage): number | undefined {
  const found = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Only a strong ETag proves that the rest belongs to the same bytes. */
function strongEtag(response: IncomingMessage): string | undefined {
  const etag = response.headers.etag;
  return etag?.startsWith('W/') === true ? undefined : etag;
}

const infoFile = (part: string): string => `${part}.json`;

async function readPartInfo(part: string): Promise<PartInfo | undefined> {
  try {
    return PartInfo.parse(JSON.parse(await readFile(infoFile(part), 'utf8')));
  } catch {
    // There was no earlier attempt, or it cannot be continued.
    return undefined;
  }
}

async function writePartInfo(part: string, info: PartInfo): Promise<void> {
  await writeFile(infoFile(part), JSON.stringify(info));
}

/** Removes a part file and its stored information. */
export async function forgetPart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(infoFile(part), { force: true });
}
