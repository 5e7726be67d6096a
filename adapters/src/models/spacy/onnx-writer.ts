/** Writes small ONNX models: only those parts of the protobuf format that a graph of float tables needs. */

type Bytes = readonly Uint8Array[];

const encoder = new TextEncoder();

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // A negative number has ten bytes, in two's complement.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

const number = (field: number, value: number): Bytes => [varint(field * 8), varint(value)];
const message = (field: number, body: Bytes): Bytes => [
  varint(field * 8 + 2),
  varint(body.reduce((sum, { length }) => sum + length, 0)),
  ...body,
];
const text = (field: number, value: string): Bytes => message(field, [encoder.encode(value)]);

type OnnxAttribute = number | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant of a graph: floats or integers. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | readonly number[];
}

/** Writes a model with one input and one output. Both are tables of floats with `width` columns. */
export function writeOnnx(graph: {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly input: { readonly name: string; readonly width: number };
  readonly output: { readonly name: string; readonly width: number };
}): Uint8Array {
  const body = [
    ...graph.nodes.flatMap((node) => message(1, writeNode(node))),
    ...text(2, 'graph'),
    ...graph.constants.flatMap((constant) => message(5, writeConstant(constant))),
    ...message(11, writeTable(graph.input)),
    ...message(12, writeTable(graph.output)),
  ];
  return Buffer.concat([...number(1, 8), ...message(7, body), ...message(8, [...text(1, ''), ...number(2, 17)])]);
}

function writeNode({ operator, inputs, output, attributes = {} }: OnnxNode): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, [...text(1, name), ...writeAttribute(value)])),
  ];
}

function writeAttribute(value: OnnxAttribute): Bytes {
  if (typeof value === 'number') return [...number(3, value), ...number(20, 2)];
  if ('float' in value)
    return [varint(2 * 8 + 5), new Uint8Array(Float32Array.of(value.float).buffer), ...number(20, 1)];
  return [...value.flatMap((one) => number(8, one)), ...number(20, 7)];
}

function writeConstant({ name, shape, values }: OnnxConstant): Bytes {
  const isFloat = values instanceof Float32Array;
  const data = isFloat ? values : BigInt64Array.from(values, BigInt);
  return [
    ...shape.flatMap((size) => number(1, size)),
    ...number(2, isFloat ? 1 : 7),
    ...text(8, name),
    ...message(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

/** A table of floats with any number of rows. */
function writeTable({ name, width }: { readonly name: string; readonly width: number }): Bytes {
  const shape = [...message(1, text(2, 'rows')), ...message(1, number(1, width))];
  return [...text(1, name), ...message(2, message(1, [...number(1, 1), ...message(2, shape)]))];
}
