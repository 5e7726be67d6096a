/** Files of a pipeline of spaCy's shape, with few rows and weights that follow from a seed. */

type Value = null | number | bigint | string | Uint8Array | readonly Value[] | ReadonlyMap<Value, Value>;

const wide = (mark: number, count: number): Uint8Array => {
  const bytes = new Uint8Array(5);
  bytes[0] = mark;
  new DataView(bytes.buffer).setUint32(1, count);
  return bytes;
};

/** Writes MessagePack. */
export function pack(value: Value): Uint8Array {
  if (value === null) return Uint8Array.of(0xc0);
  if (typeof value === 'number')
    return value < 0 ? Uint8Array.of(256 + value) : value < 128 ? Uint8Array.of(value) : wide(0xce, value);
  if (typeof value === 'bigint') {
    const bytes = new Uint8Array(9).fill(0xcf);
    new DataView(bytes.buffer).setBigUint64(1, value);
    return bytes;
  }
  if (typeof value === 'string') {
    const text = new TextEncoder().encode(value);
    return Buffer.concat([wide(0xdb, text.length), text]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([wide(0xc6, value.length), value]);
  if (value instanceof Map)
    return Buffer.concat([wide(0xdf, value.size), ...[...value].flatMap(([key, one]) => [pack(key), pack(one)])]);
  const list = value as readonly Value[]; // nothing else is left
  return Buffer.concat([wide(0xdd, list.length), ...list.map(pack)]);
}

const map = (entries: Readonly<Record<string, Value>>): ReadonlyMap<Value, Value> => new Map(Object.entries(entries));

/** A linear congruential generator: the same weights in every run. */
export function createWeights(seed: number): (count: number) => Float32Array {
  let state = seed;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state / 2 ** 32 - 0.5) / 2;
    });
}

interface TinyNode {
  readonly name: string;
  readonly seed?: number;
  readonly params?: Readonly<Record<string, Value>>;
}

/** The file of the weights; `upperBias` are the biases of the moves. */
export function tinyWeights(labels: number, rows: number, upperBias?: readonly number[]): Uint8Array {
  const weights = createWeights(7);
  const table = (...shape: readonly number[]): ReadonlyMap<Value, Value> => {
    const values = weights(shape.reduce((product, size) => product * size, 1));
    return tableOf(values, shape);
  };
  const nodes: TinyNode[] = [
    { name: 'precomputable_affine', params: { W: table(3, 64, 2, 64), b: table(64, 2), pad: table(1, 3, 64, 2) } },
    {
      name: 'linear',
      params: {
        W: table(labels * 4 + 2, 64),
        b: upperBias === undefined ? table(labels * 4 + 2) : tableOf(Float32Array.from(upperBias), [upperBias.length]),
      },
    },
    { name: 'linear', params: { W: table(64, 96), b: table(64) } },
    ...[8, 9, 10, 11].map((seed): TinyNode => ({ name: 'hashembed', seed, params: { E: table(rows, 96) } })),
    ...[384, 288, 288].flatMap((width): TinyNode[] => [
      { name: 'maxout', params: { W: table(96, 3, width), b: table(96, 3) } },
      { name: 'layernorm', params: { G: table(96), b: table(96) } },
    ]),
  ];
  return pack(
    map({
      nodes: nodes.map(({ name }) => map({ name })),
      attrs: nodes.map(({ seed }) => map(seed === undefined ? {} : { seed: Uint8Array.of(seed) })),
      params: nodes.map(({ params = {} }) => map(params)),
      shims: [],
    }),
  );
}

const tableOf = (values: Float32Array, shape: readonly number[]): ReadonlyMap<Value, Value> =>
  map({
    nd: 1,
    type: new TextEncoder().encode('<f4'),
    shape: [...shape],
    data: new Uint8Array(values.buffer),
  });

/** The file of the tokenizer, with a few rules as spaCy writes them for Python. */
export function tinyTokenizer(): Uint8Array {
  const special = (...parts: readonly (readonly [string, string?])[]): Value =>
    parts.map(([text, norm]) => new Map<Value, Value>([[65, text], ...(norm === undefined ? [] : [[67, norm] as const])]));
  return pack(
    map({
      prefix_search: '^\\(|^"|^\\$|^[\\u2190-\\u21FF\\U0001F300-\\U0001FAFF]',
      suffix_search: "\\)$|,$|\\.$|'s$|(?<=[0-9])(?:km|kg)$",
      infix_finditer: '(?<=[A-Za-z])\\.(?=[A-Z])|(?<=[\\w])[\\-/](?=[\\w])',
      token_match: null,
      url_match: '(?u)^(?:[\\w\\+\\-\\.]{2,})://\\S+',
      exceptions: new Map<Value, Value>([
        ["don't", special(['do'], ["n't", 'not'])],
        ['Ltd.', special(['Ltd.'])],
        [' ', special([' '])],
      ]),
      faster_heuristics: null,
    }),
  );
}
