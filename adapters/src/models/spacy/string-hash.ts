/** The hashes of texts and rows in spaCy's models: MurmurHash64A of the UTF-8 bytes of a text, and MurmurHash3 of that number. */

const mask = (1n << 64n) - 1n;
const step = 0xc6a4a7935bd1e995n;
const encoder = new TextEncoder();

/** Texts with fixed numbers in spaCy: those that can be a lower-case word, or at most three characters of a word. */
const symbols: ReadonlyMap<string, bigint> = new Map<string, bigint>([
  ['', 0n],
  ['ID', 64n],
  ['POS', 74n],
  ['TAG', 75n],
  ['DEP', 76n],
  ...numbered('ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL', 84n),
  ...numbered('ORG GPE LOC', 383n),
  ['LAW', 390n],
  ...numbered(
    'acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass dep det dobj expl hmod hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj obl parataxis partmod pcomp pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp acl',
    398n,
  ),
  ['IDX', 455n],
  ['_', 456n],
]);

function numbered(names: string, from: bigint): readonly (readonly [string, bigint])[] {
  return names.split(' ').map((name, index) => [name, from + BigInt(index)] as const);
}

/** The number of a text in spaCy's models. */
export const textNumber = (text: string): bigint => symbols.get(text) ?? murmur64(encoder.encode(text));

function murmur64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = (1n ^ (BigInt(bytes.length) * step)) & mask;
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    let key = (view.getBigUint64(at, true) * step) & mask;
    key ^= key >> 47n;
    key = (key * step) & mask;
    hash = ((hash ^ key) * step) & mask;
  }
  if (whole < bytes.length) {
    for (let at = bytes.length - 1; at >= whole; at -= 1) hash ^= BigInt(bytes[at] ?? 0) << BigInt(8 * (at - whole));
    hash = (hash * step) & mask;
  }
  hash ^= hash >> 47n;
  hash = (hash * step) & mask;
  return hash ^ (hash >> 47n);
}

/** The four rows of a table that are added for a number. */
export function rowsOf(number: bigint, seed: number, rows: number): readonly [number, number, number, number] {
  const start = BigInt(seed) ^ 8n;
  let one = (number * 0x87c37b91114253d5n) & mask;
  one = ((one << 31n) | (one >> 33n)) & mask;
  one = ((one * 0x4cf5ad432745937fn) & mask) ^ start;
  let two = start;
  one = (one + two) & mask;
  two = (two + one) & mask;
  one = mix(one);
  two = mix(two);
  one = (one + two) & mask;
  two = (two + one) & mask;
  const low = (value: bigint): number => Number(value & 0xffff_ffffn) % rows;
  return [low(one), low(one >> 32n), low(two), low(two >> 32n)];
}

function mix(value: bigint): bigint {
  let mixed = value ^ (value >> 33n);
  mixed = (mixed * 0xff51afd7ed558ccdn) & mask;
  mixed ^= mixed >> 33n;
  mixed = (mixed * 0xc4ceb9fe1a85ec53n) & mask;
  return mixed ^ (mixed >> 33n);
}
