import { open, stat, type FileHandle } from 'node:fs/promises';
import { HeddleError } from '@heddle/core';

/** What the head of a GGUF file says. Arrays (vocabularies) are told by their length alone. */
export interface GgufHeader {
  readonly version: number;
  readonly tensors: number;
  readonly metadata: ReadonlyMap<string, string | number | boolean>;
}

/** Bytes of a value by type; strings and arrays are read apart. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;

/** Bytes of a block of weights and how many weights it holds, by tensor type of ggml. */
const blocks: Readonly<Record<number, readonly [bytes: number, weights: number]>> = {
  0: [4, 1],
  1: [2, 1],
  2: [18, 32],
  3: [20, 32],
  6: [22, 32],
  7: [24, 32],
  8: [34, 32],
  9: [36, 32],
  10: [84, 256],
  11: [110, 256],
  12: [144, 256],
  13: [176, 256],
  14: [210, 256],
  15: [292, 256],
  16: [66, 256],
  17: [74, 256],
  18: [98, 256],
  19: [50, 256],
  20: [18, 32],
  21: [110, 256],
  22: [82, 256],
  23: [136, 256],
  24: [1, 1],
  25: [2, 1],
  26: [4, 1],
  27: [8, 1],
  28: [8, 1],
  29: [56, 256],
  30: [2, 1],
  34: [54, 256],
  35: [66, 256],
  39: [17, 32],
};

const mostEntries = 1_000_000;

/**
 * Reads the head of a GGUF file and checks that everything it promises is in the file, before native code opens it.
 * Errors: `model_file_invalid` for a wrong beginning, a text file, a damaged head and a truncated file.
 */
export async function checkGguf(file: string): Promise<GgufHeader> {
  const { size } = await stat(file);
  const handle = await open(file);
  try {
    const reader = createReader(handle, size);
    await checkMagic(file, reader);
    return await readHeader(reader, size);
  } catch (error) {
    if (error instanceof HeddleError && error.code !== 'internal')
      throw new HeddleError(error.code, `'${file}': ${error.message}`, { cause: error });
    throw error;
  } finally {
    await handle.close();
  }
}

const invalid = (reason: string): HeddleError =>
  new HeddleError('model_file_invalid', `${reason} Fetch the model again (heddle models pull).`);
const truncated = (): HeddleError => invalid('The file ends too early: the download or the copy was cut.');

async function checkMagic(file: string, reader: Reader): Promise<void> {
  const magic = await reader.bytes(4);
  if (magic.toString('latin1') === 'GGUF') return;
  const isText = /^[\x09\x0A\x0D\x20-\x7E]{4}$/.test(magic.toString('latin1'));
  const isPointer = magic.toString('latin1') === 'vers';
  if (isPointer) throw invalid('This is a Git LFS pointer, not the model itself.');
  throw invalid(
    isText
      ? `This is a text file, not a GGUF model, whatever its name says.`
      : `This is not a GGUF model: it begins with 0x${magic.toString('hex')}.`,
  );
}

async function readHeader(reader: Reader, size: number): Promise<GgufHeader> {
  const version = await reader.uint32();
  if (version < 2 || version > 3) throw invalid(`The GGUF version ${version} is not known.`);
  const [tensors, entries] = [await reader.uint64(), await reader.uint64()];
  if (tensors > mostEntries || entries > mostEntries) throw invalid('The head of the file is damaged.');
  const metadata = new Map<string, string | number | boolean>();
  for (let index = 0; index < entries; index += 1) {
    const key = await reader.text();
    metadata.set(key, await readValue(reader, await reader.uint32()));
  }
  const end = await readTensors(reader, tensors);
  const alignment = Number(metadata.get('general.alignment') ?? 32);
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  if (dataStart + end > size) throw truncated();
  return { version, tensors, metadata };
}

/** Reads what is said of each tensor; gives the end of the last one, counted from where the weights begin. */
async function readTensors(reader: Reader, count: number): Promise<number> {
  let end = 0;
  for (let index = 0; index < count; index += 1) {
    await reader.text();
    const dimensions = await reader.uint32();
    if (dimensions > 8) throw invalid('The head of the file is damaged.');
    let weights = 1;
    for (let dimension = 0; dimension < dimensions; dimension += 1) weights *= await reader.uint64();
    const block = blocks[await reader.uint32()];
    const offset = await reader.uint64();
    end = Math.max(end, offset + (block === undefined ? 0 : (weights / block[1]) * block[0]));
  }
  return end;
}

async function readValue(reader: Reader, type: number): Promise<string | number | boolean> {
  if (type === stringType) return reader.text();
  if (type === arrayType) {
    const [itemType, length] = [await reader.uint32(), await reader.uint64()];
    if (itemType === stringType)
      for (let index = 0; index < length; index += 1) await reader.skip(await reader.uint64());
    else await reader.skip(length * sizeOf(itemType));
    return length;
  }
  return number(await reader.bytes(sizeOf(type)), type);
}

function sizeOf(type: number): number {
  const size = sizes[type];
  if (size === undefined) throw invalid(`The head of the file is damaged (a value of type ${type}).`);
  return size;
}

function number(bytes: Buffer, type: number): number | boolean {
  switch (type) {
    case 0:
      return bytes.readUInt8();
    case 1:
      return bytes.readInt8();
    case 2:
      return bytes.readUInt16LE();
    case 3:
      return bytes.readInt16LE();
    case 4:
      return bytes.readUInt32LE();
    case 5:
      return bytes.readInt32LE();
    case 6:
      return bytes.readFloatLE();
    case 7:
      return bytes.readUInt8() !== 0;
    case 10:
      return Number(bytes.readBigUInt64LE());
    case 11:
      return Number(bytes.readBigInt64LE());
    default:
      return bytes.readDoubleLE();
  }
}

interface Reader {
  readonly position: number;
  bytes(count: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
  uint32(): Promise<number>;
  uint64(): Promise<number>;
  text(): Promise<string>;
}

const windowBytes = 1 << 20;
const longestText = 1 << 24;

/** Reads forward through a window, so that a head of a hundred thousand small values costs few reads. */
function createReader(handle: FileHandle, size: number): Reader {
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
      if (length > longestText) throw invalid('The head of the file is damaged.');
      return (await bytes(length)).toString('utf8');
    },
  };
}
