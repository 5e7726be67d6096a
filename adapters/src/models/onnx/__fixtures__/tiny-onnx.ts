// Writes ONNX models of a few hundred bytes: score = weights x (sum of the token ids of the second text, or of all).

type Field = readonly [number: number, value: number | string | Uint8Array];

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

function message(...fields: readonly Field[]): Uint8Array {
  const bytes = fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
    const content = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    return [...varint(number * 8 + 2), ...varint(content.length), ...content];
  });
  return Uint8Array.from(bytes);
}

const floatType = 1;
const int64Type = 7;

function node(type: string, inputs: readonly string[], output: string, ...attributes: readonly Uint8Array[]): Field {
  const names = inputs.map((name): Field => [1, name]);
  return [1, message(...names, [2, output], [4, type], ...attributes.map((attribute): Field => [5, attribute]))];
}

function value(name: string, type: number, dimensions: readonly string[]): Uint8Array {
  const shape = message(...dimensions.map((dimension): Field => [1, message([2, dimension])]));
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

function tensor(name: string, type: number, dimensions: readonly number[], raw: Uint8Array): Field {
  return [5, message(...dimensions.map((dimension): Field => [1, dimension]), [2, type], [8, name], [9, raw])];
}

const inputNames = ['input_ids', 'attention_mask', 'token_type_ids'];

/** A model with one score for each weight: sum over tokens of id x (type id or mask) x weight. */
export function tinyScorer(weights: readonly number[], by: 'token_type_ids' | 'attention_mask'): Uint8Array {
  const toFloat = message([1, 'to'], [3, floatType], [20, 2]);
  const graph = message(
    node('Mul', ['input_ids', by], 'kept'),
    node('Cast', ['kept'], 'floats', toFloat),
    node('ReduceSum', ['floats', 'axis'], 'sums'),
    node('MatMul', ['sums', 'weights'], 'logits'),
    [2, 'tiny'],
    tensor('axis', int64Type, [1], new Uint8Array(BigInt64Array.of(1n).buffer)),
    tensor('weights', floatType, [1, weights.length], new Uint8Array(Float32Array.from(weights).buffer)),
    ...inputNames.map((name): Field => [11, value(name, int64Type, ['batch', 'length'])]),
    [12, value('logits', floatType, ['batch', 'scores'])],
  );
  return message([1, 8], [8, message([1, ''], [2, 13])], [7, graph]);
}

/** A model that gives each token the row of a table that its id names: labels for words. */
export function tinyTagger(table: readonly (readonly number[])[]): Uint8Array {
  const width = table[0]?.length ?? 0;
  const graph = message(
    node('Gather', ['table', 'input_ids'], 'logits'),
    [2, 'tiny'],
    tensor('table', floatType, [table.length, width], new Uint8Array(Float32Array.from(table.flat()).buffer)),
    ...inputNames.slice(0, 1).map((name): Field => [11, value(name, int64Type, ['batch', 'length'])]),
    [12, value('logits', floatType, ['batch', 'length', 'labels'])],
  );
  return message([1, 8], [8, message([1, ''], [2, 13])], [7, graph]);
}

/** A model whose state of a token is [id, 1]: it shows how states are pooled. */
export function tinyEmbedder(): Uint8Array {
  const toFloat = message([1, 'to'], [3, floatType], [20, 2]);
  const lastAxis = message([1, 'axis'], [3, 2], [20, 2]);
  const graph = message(
    node('Cast', ['input_ids'], 'floats', toFloat),
    node('Unsqueeze', ['floats', 'two'], 'ids'),
    node('Div', ['ids', 'ids'], 'ones'),
    node('Concat', ['ids', 'ones'], 'last_hidden_state', lastAxis),
    [2, 'tiny'],
    tensor('two', int64Type, [1], new Uint8Array(BigInt64Array.of(2n).buffer)),
    ...inputNames.slice(0, 2).map((name): Field => [11, value(name, int64Type, ['batch', 'length'])]),
    [12, value('last_hidden_state', floatType, ['batch', 'length', 'width'])],
  );
  return message([1, 8], [8, message([1, ''], [2, 13])], [7, graph]);
}
