import { writeOnnx, type OnnxConstant, type OnnxNode } from './onnx-writer.js';
import {
  pieces,
  slots,
  statePieces,
  stateWidth,
  wordWidth,
  type MaxoutLayer,
  type SpacyWeights,
  type Table,
} from './read-weights.js';

/** The columns of the input: four features of a word. */
export const inputWidth = 4 * wordWidth;
/** The columns of the output: the contribution of a word to the state of the parser, for each slot. */
const outputWidth = slots * stateWidth * statePieces;

/** The rows of zeros that spaCy adds before and after a text: one for each layer that reads neighbours. */
const margin = 4;

/**
 * Builds the network of spaCy's small pipelines as an ONNX model. Its input is the features of words, and its output the contribution of
 * each word to the state of the parser.
 */
export function encoderGraph({ mix, windows, narrow, lower }: SpacyWeights): Uint8Array {
  const graph = new Graph();
  let words = graph.pad(graph.maxout('features', mix, inputWidth), margin);
  for (const layer of windows) {
    const wide = graph.pad(words, 1);
    const neighbours = graph.add('Concat', [graph.slice(wide, 0, -2), words, graph.slice(wide, 2, endOfRows)], {
      axis: 1,
    });
    words = graph.add('Add', [words, graph.maxout(neighbours, layer, 3 * wordWidth)]);
  }
  const narrowed = graph.linear(graph.slice(words, margin, -margin), narrow.weights.shape, narrow.weights, narrow.bias);
  const output = graph.linear(narrowed, [outputWidth, stateWidth], lower.weights);
  return writeOnnx({
    nodes: graph.nodes,
    constants: graph.constants,
    input: { name: 'features', width: inputWidth },
    output: { name: output, width: outputWidth },
  });
}

const endOfRows = 2 ** 31 - 1;

/** Builds the operators of a graph. Each method returns the name of its output. */
class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];

  add(operator: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}): string {
    const output = `${operator}-${this.nodes.length}`;
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  pad(input: string, rows: number): string {
    return this.add('Pad', [input, this.constant([4], [rows, 0, rows, 0])]);
  }

  slice(input: string, from: number, to: number): string {
    return this.add('Slice', [input, this.constant([1], [from]), this.constant([1], [to]), this.constant([1], [0])]);
  }

  linear(input: string, shape: readonly number[], weights: Table, bias?: Table): string {
    const terms = bias === undefined ? [] : [this.constant([bias.values.length], bias.values)];
    return this.add('Gemm', [input, this.constant(shape, weights.values), ...terms], { transB: 1 });
  }

  maxout(input: string, { weights, bias, scale, shift }: MaxoutLayer, width: number): string {
    const sums = this.linear(input, [wordWidth * pieces, width], weights, bias);
    const cube = this.add('Reshape', [sums, this.constant([3], [-1, wordWidth, pieces])]);
    const most = this.add('ReduceMax', [cube], { axes: [2], keepdims: 0 });
    const [scales, shifts] = [scale, shift].map(({ values }) => this.constant([wordWidth], values));
    return this.add('LayerNormalization', [most, scales ?? '', shifts ?? ''], { axis: -1, epsilon: { float: 1e-8 } });
  }

  private constant(shape: readonly number[], values: OnnxConstant['values']): string {
    const name = `constant-${this.constants.length}`;
    this.constants.push({ name, shape, values });
    return name;
  }
}
