import { invalidFile, withFileReader, type FileReader } from './file-reader.js';

/** Numbers of the required fields of `ModelProto` and `GraphProto` (onnx.proto3). */
const irVersionField = 1;
const graphField = 7;
const nodeField = 1;
const outputField = 12;

/** The wire types of protobuf. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The format has reached version 13 so far. A much higher number means another kind of file. */
const mostIrVersion = 100;

/**
 * Reads the structure of an ONNX file and checks that it has a graph and that its parts end where the file ends, before native code opens
 * it. Errors: `model_file_invalid` for a text file, another format, a damaged structure or a truncated file.
 */
export function checkOnnx(file: string): Promise<void> {
  return withFileReader(file, async (reader) => {
    let version = 0;
    let hasGraph = false;
    await readFields(reader, reader.size, async (field, type) => {
      if (field === irVersionField && type === wire.varint) {
        version = await readVarint(reader);
        return true;
      }
      if (field !== graphField || type !== wire.bytes) return false;
      const end = (await readVarint(reader)) + reader.position;
      hasGraph = await readGraph(reader, end);
      return true;
    });
    if (version < 1 || version > mostIrVersion || !hasGraph)
      throw invalidFile('This is not an ONNX model: it has no version or no graph.');
  });
}

async function readGraph(reader: FileReader, end: number): Promise<boolean> {
  const seen = new Set<number>();
  await readFields(reader, end, (field) => {
    seen.add(field);
    return Promise.resolve(false);
  });
  return seen.has(nodeField) && seen.has(outputField);
}

/** Iterates over the fields of a message. `read` returns whether it has read the value of a field; otherwise the value is skipped. */
async function readFields(
  reader: FileReader,
  end: number,
  read: (field: number, type: number) => Promise<boolean>,
): Promise<void> {
  if (end > reader.size) throw invalidFile('The file ends too early: the download or the copy was cut off.');
  while (reader.position < end) {
    const tag = await readVarint(reader);
    const field = Math.floor(tag / 8);
    const type = tag % 8;
    if (field === 0) throw notProtobuf();
    if (!(await read(field, type))) await skipValue(reader, type);
  }
  if (reader.position > end) throw notProtobuf();
}

async function skipValue(reader: FileReader, type: number): Promise<void> {
  if (type === wire.varint) await readVarint(reader);
  else if (type === wire.fixed64) await reader.skip(8);
  else if (type === wire.fixed32) await reader.skip(4);
  else if (type === wire.bytes) await reader.skip(await readVarint(reader));
  else throw notProtobuf();
}

const notProtobuf = () => invalidFile('This is not an ONNX model: its structure cannot be read.');

async function readVarint(reader: FileReader): Promise<number> {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = (await reader.bytes(1))[0] ?? 0;
    value += (byte % 128) * 2 ** shift;
    if (byte < 128) return value;
  }
  throw notProtobuf();
}
