import { HeddleError } from '@heddle/core';
import { packedText, type Packed, type PackedMap } from './message-pack.js';

export interface Table {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A table for one feature. The hash of a word's feature selects the rows that are added. */
interface HashTable extends Table {
  readonly seed: number;
}

/** A maxout layer: keeps the largest of several sums and normalises the result. */
export interface MaxoutLayer {
  readonly weights: Table;
  readonly bias: Table;
  readonly scale: Table;
  readonly shift: Table;
}

/** The weights of spaCy's small pipelines for named entities. */
export interface SpacyWeights {
  /** One table each for the normal form, prefix, suffix and shape of a word. */
  readonly tables: readonly HashTable[];
  /** Maps the features of a word to its vector. */
  readonly mix: MaxoutLayer;
  readonly windows: readonly MaxoutLayer[];
  readonly narrow: { readonly weights: Table; readonly bias: Table };
  /** The contribution of a word to the state of the parser, by slot; `pad` stands for a missing word. */
  readonly lower: { readonly weights: Table; readonly bias: Table; readonly pad: Table };
  /** Maps the state to the scores of the moves. */
  readonly upper: { readonly weights: Table; readonly bias: Table };
}

export const wordWidth = 96;
export const stateWidth = 64;
export const slots = 3;
export const pieces = 3;
export const statePieces = 2;

/** Extracts the weights from a thinc model file. Errors: `model_file_invalid`. */
export function readWeights(file: Packed): SpacyWeights {
  const nodes = nodesOf(file);
  const named = (name: string): readonly Node[] => nodes.filter((node) => node.name === name);
  const tables = named('hashembed').map(({ params, attributes }) => {
    const seed = attributes.get('seed');
    return { ...tableOf(params, 'E'), seed: seed instanceof Uint8Array ? (seed[0] ?? 0) : 0 };
  });
  const maxouts = named('maxout');
  const norms = named('layernorm');
  const linears = named('linear');
  const layers = maxouts.map(({ params }, index): MaxoutLayer => {
    const norm = norms[index]?.params ?? params;
    return {
      weights: tableOf(params, 'W'),
      bias: tableOf(params, 'b'),
      scale: tableOf(norm, 'G'),
      shift: tableOf(norm, 'b'),
    };
  });
  const [upper, narrow] = linears.map(({ params }) => ({ weights: tableOf(params, 'W'), bias: tableOf(params, 'b') }));
  const lower = named('precomputable_affine')[0]?.params;
  const [mix, ...windows] = layers;
  if (mix === undefined || upper === undefined || narrow === undefined || lower === undefined) throw otherModel();
  return checked({
    tables,
    mix,
    windows,
    narrow,
    lower: { weights: tableOf(lower, 'W'), bias: tableOf(lower, 'b'), pad: tableOf(lower, 'pad') },
    upper,
  });
}

interface Node {
  readonly name: string;
  readonly attributes: PackedMap;
  readonly params: PackedMap;
}

const none: PackedMap = new Map();
const mapOf = (value: Packed | undefined): PackedMap => (value instanceof Map ? (value as PackedMap) : none);

function nodesOf(file: Packed): readonly Node[] {
  const parts = ['nodes', 'attrs', 'params'].map((name) => mapOf(file).get(name));
  const [nodes, attributes, params] = parts.map((part) => (Array.isArray(part) ? (part as readonly Packed[]) : []));
  return (nodes ?? []).map((node, index) => ({
    name: packedText(mapOf(node).get('name')),
    attributes: mapOf(attributes?.[index]),
    params: mapOf(params?.[index]),
  }));
}

function tableOf(params: PackedMap, name: string): Table {
  const packed = mapOf(params.get(name));
  const [type, shape, data] = ['type', 'shape', 'data'].map((key) => packed.get(key));
  if (!(data instanceof Uint8Array) || !Array.isArray(shape) || typeText(type) !== '<f4') throw otherModel();
  const sizes = (shape as readonly Packed[]).map(Number);
  if (sizes.reduce((product, size) => product * size, 4) !== data.length) throw otherModel();
  // A copy, because a Float32Array must begin at a multiple of four bytes.
  return { shape: sizes, values: new Float32Array(new Uint8Array(data).buffer) };
}

const typeText = (type: Packed | undefined): unknown =>
  type instanceof Uint8Array ? new TextDecoder().decode(type) : type;

const otherModel = (): HeddleError =>
  new HeddleError(
    'model_file_invalid',
    "The file is not a model for names of one of spaCy's small pipelines (tok2vec with four features, transition-based parser): choose another file.",
  );

function checked(weights: SpacyWeights): SpacyWeights {
  const { tables, mix, windows, narrow, lower, upper } = weights;
  const isShaped = ({ shape }: Table, ...wanted: readonly number[]): boolean =>
    shape.length === wanted.length && wanted.every((size, index) => size < 0 || shape[index] === size);
  const fits =
    tables.length === 4 &&
    tables.every((table) => isShaped(table, -1, wordWidth)) &&
    isShaped(mix.weights, wordWidth, pieces, wordWidth * tables.length) &&
    windows.every((layer) => isShaped(layer.weights, wordWidth, pieces, wordWidth * 3)) &&
    [mix, ...windows].every(({ bias, scale }) => isShaped(bias, wordWidth, pieces) && isShaped(scale, wordWidth)) &&
    isShaped(narrow.weights, stateWidth, wordWidth) &&
    isShaped(lower.weights, slots, stateWidth, statePieces, stateWidth) &&
    isShaped(lower.pad, 1, slots, stateWidth, statePieces) &&
    isShaped(upper.weights, -1, stateWidth);
  if (!fits) throw otherModel();
  return weights;
}
