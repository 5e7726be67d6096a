import { open, stat, type FileHandle } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';

/** Reads a file from start to end. Reads and skips beyond its end fail with `model_file_invalid`. */
export interface FileReader {
  /** In bytes. */
  readonly size: number;
  readonly position: number;
  bytes(count: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
  uint32(): Promise<number>;
  uint64(): Promise<number>;
  /** Reads a text that is stored after its length. */
  text(): Promise<string>;
}

const windowBytes = 1 << 20;
const longestText = 1 << 24;

/** The error for an unusable model file. It says what to do. */
export function invalidFile(reason: string): HeddleError {
  return new HeddleError('model_file_invalid', `${reason} Fetch the model again (heddle models pull).`);
}

const truncated = (): HeddleError => invalidFile('The file ends too early: the download or the copy was cut off.');

/** Opens a file for `work` and adds its name to errors of `work`. Errors: `model_file_invalid`. */
export async function withFileReader<Value>(
  file: string,
  work: (reader: FileReader) => Promise<Value>,
): Promise<Value> {
  const { size } = await stat(file);
  const handle = await open(file);
  try {
    return await work(createReader(handle, size));
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'model_file_invalid')
      throw new HeddleError(error.code, `'${file}': ${error.message}`, { cause: error });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Reads blocks into a buffer, so that a header of a hundred thousand small values needs few reads. */
function createReader(handle: FileHandle, size: number): FileReader {
  let window = Buffer.alloc(0);
  let windowStart = 0;
  let position = 0;
  const bytes = async (count: number): Promise<Buffer> => {
    if (position + count > size) throw truncated();
    if (position + count > windowStart + window.length || position < windowStart) {
      const buffer = Buffer.alloc(Math.min(Math.max(count, windowBytes), size - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead < count) throw truncated();
      window = buffer.subarray(0, bytesRead);
      windowStart = position;
    }
    const taken = window.subarray(position - windowStart, position - windowStart + count);
    position += count;
    return taken;
  };
  const uint64 = async (): Promise<number> => Number((await bytes(8)).readBigUInt64LE());
  return {
    size,
    get position() {
      return position;
    },
    bytes,
    uint64,
    uint32: async () => (await bytes(4)).readUInt32LE(),
    skip: (count) => {
      if (position + count > size) return Promise.reject(truncated());
      position += count;
      return Promise.resolve();
    },
    async text() {
      const length = await uint64();
      if (length > longestText) throw invalidFile('The header of the file is damaged.');
      return (await bytes(length)).toString('utf8');
    },
  };
}
