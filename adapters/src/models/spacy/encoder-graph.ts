import { writeOnnx, type OnnxConstant, type OnnxNode } from './onnx-writer.js';
import { pieces, places, statePieces, stateWidth, wordWidth, type MaxoutLayer, type SpacyWeights } from './read-weights.js';

/** Columns of the input: the four features of a word. */
export const inputWidth = 4 * wordWidth;
/** Columns of the output: what a word adds to the state of the parser, for each place. */
export const outputWidth = places * stateWidth * statePieces;

/** Rows of zeros that spaCy sets before and after a text: as many as there are layers that read neighbours. */
const margin = 4;

/**
 * The network of spaCy's small pipelines as an ONNX model: from the features of the words of a text to what each adds to the
 * state of the parser.
 */
export function encoderGraph({ mix, windows, narrow, lower }: SpacyWeights): Uint8Array {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const constant = (name: string, shape: readonly number[], values: OnnxConstant['values']): string => {
    constants.push({ name, shape, values });
    return name;
  };
  const add = (
    operator: string,
    inputs: readonly string[],
    attributes?: NonNullable<OnnxNode['attributes']>,
  ): string => {
    const output = `${operator}-${nodes.length}`;
    nodes.push({ operator, inputs, output, ...(attributes === undefined ? {} : { attributes }) });
    return output;
  };
  const pad = (input: string, rows: number): string =>
    add('Pad', [input, constant(`pad-${nodes.length}`, [4], [rows, 0, rows, 0])]);
  const slice = (input: string, from: number, to: number): string => {
    const at = nodes.length;
    return add('Slice', [
      input,
      constant(`from-${at}`, [1], [from]),
      constant(`to-${at}`, [1], [to]),
      constant(`axis-${at}`, [1], [0]),
    ]);
  };
  const maxout = (input: string, layer: MaxoutLayer, width: number): string => {
    const at = nodes.length;
    const sums = add(
      'Gemm',
      [
        input,
        constant(`weights-${at}`, [wordWidth * pieces, width], layer.weights.values),
        constant(`bias-${at}`, [wordWidth * pieces], layer.bias.values),
      ],
      { transB: 1 },
    );
    const cube = add('Reshape', [sums, constant(`cube-${at}`, [3], [-1, wordWidth, pieces])]);
    return add(
      'LayerNormalization',
      [
        add('ReduceMax', [cube], { axes: [2], keepdims: 0 }),
        constant(`scale-${at}`, [wordWidth], layer.scale.values),
        constant(`shift-${at}`, [wordWidth], layer.shift.values),
      ],
      { axis: -1, epsilon: { float: 1e-8 } },
    );
  };
  let words = pad(maxout('features', mix, inputWidth), margin);
  for (const layer of windows) {
    const wide = pad(words, 1);
    const neighbours = add('Concat', [slice(wide, 0, -2), words, slice(wide, 2, endOfRows)], { axis: 1 });
    words = add('Add', [words, maxout(neighbours, layer, 3 * wordWidth)]);
  }
  const narrowed = add(
    'Gemm',
    [
      slice(words, margin, -margin),
      constant('narrow-weights', narrow.weights.shape, narrow.weights.values),
      constant('narrow-bias', narrow.bias.shape, narrow.bias.values),
    ],
    { transB: 1 },
  );
  const output = add('Gemm', [narrowed, constant('lower', [outputWidth, stateWidth], lower.weights.values)], {
    transB: 1,
  });
  return writeOnnx({
    nodes,
    constants,
    input: { name: 'features', width: inputWidth },
    output: { name: output, width: outputWidth },
  });
}

const endOfRows = 2 ** 31 - 1;
