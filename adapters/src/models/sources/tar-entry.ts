import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HeddleError } from '@heddle/core';

const block = 512;
const longestName = 64 * 1024;

/**
 * Reads one file from a gzipped tar archive as a stream. Its name is given without the first folder (`package/` in npm archives). Supports
 * ustar prefixes and the long names of pax and GNU archives. Errors: `file_not_found`, `download_failed`.
 */
export function readTarEntry(archive: string, name: string): Readable {
  return Readable.from(entryChunks(archive, name));
}

async function* entryChunks(archive: string, name: string): AsyncGenerator<Buffer> {
  const input = createReadStream(archive);
  const reader = createBlockReader(input.pipe(createGunzip()));
  try {
    let longName: string | undefined;
    for (;;) {
      const header = await reader.take(block);
      if (header === undefined || header.every((byte) => byte === 0)) break;
      const { entryName, size, type } = parseHeader(header);
      if (type === 'x' || type === 'L') {
        longName = parseLongName(type, await reader.takeWhole(size, longestName));
        continue;
      }
      const full = longName ?? entryName;
      longName = undefined;
      const isWanted = (type === '0' || type === '\0') && full.slice(full.indexOf('/') + 1) === name;
      for await (const chunk of reader.stream(size)) if (isWanted) yield chunk;
      if (isWanted) return;
      await reader.skipPadding(size);
    }
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw new HeddleError('download_failed', 'The package archive is damaged.', { cause: error });
  } finally {
    input.destroy();
  }
  throw new HeddleError('file_not_found', `The package has no file '${name}'.`);
}

interface TarHeader {
  readonly entryName: string;
  readonly size: number;
  readonly type: string;
}

function parseHeader(header: Buffer): TarHeader {
  const text = (start: number, end: number): string => header.toString('utf8', start, end).replace(/\0.*$/s, '');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  const size = Number.parseInt(text(124, 136).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0)
    throw new HeddleError('download_failed', 'The package archive is damaged.');
  return {
    entryName: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    size,
    type: header.toString('latin1', 156, 157),
  };
}

function parseLongName(type: 'x' | 'L', content: Buffer): string | undefined {
  const text = content.toString('utf8');
  return type === 'L' ? text.replace(/\0.*$/s, '') : /^\d+ path=(.*)$/m.exec(text)?.[1];
}

interface BlockReader {
  /** Undefined at the end of the archive. */
  take(bytes: number): Promise<Buffer | undefined>;
  takeWhole(size: number, limit: number): Promise<Buffer>;
  stream(size: number): AsyncGenerator<Buffer>;
  skipPadding(size: number): Promise<void>;
}

function createBlockReader(input: Readable): BlockReader {
  const chunks = input[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const next = (await chunks.next()) as IteratorResult<Buffer, undefined>; // a stream's iterator is untyped
    if (next.done === true) return false;
    rest = Buffer.concat([rest, next.value]);
    return true;
  };
  const take = async (bytes: number): Promise<Buffer | undefined> => {
    while (rest.length < bytes) if (!(await fill())) return undefined;
    const taken = rest.subarray(0, bytes);
    rest = rest.subarray(bytes);
    return taken;
  };
  const stream = async function* (size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      if (rest.length === 0 && !(await fill()))
        throw new HeddleError('download_failed', 'The package archive ends too early.');
      const chunk = rest.subarray(0, left);
      rest = rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  };
  const skipPadding = async (size: number): Promise<void> => {
    await take((block - (size % block)) % block);
  };
  return {
    take,
    stream,
    skipPadding,
    async takeWhole(size, limit) {
      if (size > limit) throw new HeddleError('download_failed', 'The package archive has a name that is too long.');
      const taken = await take(size);
      if (taken === undefined) throw new HeddleError('download_failed', 'The package archive ends too early.');
      await skipPadding(size);
      return taken;
    },
  };
}
