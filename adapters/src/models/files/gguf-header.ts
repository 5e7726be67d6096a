import { invalidFile, withFileReader, type FileReader } from './file-reader.js';

/** The contents of a GGUF header. Of arrays (vocabularies), only the length is kept. */
interface GgufHeader {
  readonly version: number;
  readonly tensors: number;
  readonly metadata: ReadonlyMap<string, string | number | boolean>;
}

/** The size of a value in bytes, by type. Strings and arrays are read separately. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
const stringType = 8;
const arrayType = 9;

/** The bytes of a block of weights and the number of weights in it, by ggml tensor type. */
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
 * Reads the header of a GGUF file and checks that everything it declares is in the file, before native code opens it. Errors:
 * `model_file_invalid` for a wrong magic number, a text file, a damaged header or a truncated file.
 */
export function checkGguf(file: string): Promise<GgufHeader> {
  return withFileReader(file, async (reader) => {
    await checkMagic(reader);
    return readHeader(reader);
  });
}

async function checkMagic(reader: FileReader): Promise<void> {
  const magic = await reader.bytes(4);
  if (magic.toString('latin1') === 'GGUF') return;
  const isText = /^[\x09\x0A\x0D\x20-\x7E]{4}$/.test(magic.toString('latin1'));
  const isPointer = magic.toString('latin1') === 'vers';
  if (isPointer) throw invalidFile('This is a Git LFS pointer, not the model itself.');
  throw invalidFile(
    isText
      ? `This is a text file, not a GGUF model, although its name says so.`
      : `This is not a GGUF model: it begins with 0x${magic.toString('hex')}.`,
  );
}

async function readHeader(reader: FileReader): Promise<GgufHeader> {
  const version = await reader.uint32();
  if (version < 2 || version > 3) throw invalidFile(`The GGUF version ${version} is not known.`);
  const tensors = await reader.uint64();
  const entries = await reader.uint64();
  if (tensors > mostEntries || entries > mostEntries) throw invalidFile('The header of the file is damaged.');
  const metadata = new Map<string, string | number | boolean>();
  for (let index = 0; index < entries; index += 1) {
    const key = await reader.text();
    metadata.set(key, await readValue(reader, await reader.uint32()));
  }
  if (tensors === 0 || typeof metadata.get('general.architecture') !== 'string')
    throw invalidFile('The file contains no model: it has no weights or no architecture.');
  const end = await readTensors(reader, tensors);
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || !Number.isInteger(alignment) || alignment < 1)
    throw invalidFile('The header of the file is damaged.');
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  if (dataStart + end > reader.size)
    throw invalidFile('The file ends too early: the download or the copy was cut off.');
  return { version, tensors, metadata };
}

/** Reads the descriptions of the tensors. Returns the end of the last tensor, counted from the start of the weights. */
async function readTensors(reader: FileReader, count: number): Promise<number> {
  let end = 0;
  for (let index = 0; index < count; index += 1) {
    await reader.text();
    const dimensions = await reader.uint32();
    if (dimensions > 8) throw invalidFile('The header of the file is damaged.');
    let weights = 1;
    for (let dimension = 0; dimension < dimensions; dimension += 1) weights *= await reader.uint64();
    const block = blocks[await reader.uint32()];
    const offset = await reader.uint64();
    end = Math.max(end, offset + (block === undefined ? 0 : (weights / block[1]) * block[0]));
  }
  return end;
}

async function readValue(reader: FileReader, type: number): Promise<string | number | boolean> {
  if (type === stringType) return reader.text();
  if (type === arrayType) {
    const itemType = await reader.uint32();
    const length = await reader.uint64();
    if (itemType === stringType)
      for (let index = 0; index < length; index += 1) await reader.skip(await reader.uint64());
    else await reader.skip(length * sizeOf(itemType));
    return length;
  }
  return number(await reader.bytes(sizeOf(type)), type);
}

function sizeOf(type: number): number {
  const size = sizes[type];
  if (size === undefined) throw invalidFile(`The header of the file is damaged (a value of type ${type}).`);
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
