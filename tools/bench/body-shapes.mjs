// Shapes of JSON values in a body, each as a text. The size of `wide` shapes is the number of their values; that of `long` and `deep` ones
// is their bytes.
const name = (index) => `k${(Math.imul(index, 2654435761) >>> 0).toString(36)}`;
const list = (count, write) => `[${joined(count, write)}]`;
const joined = (count, write) =>
  Array.from({ length: Math.max(1, Math.floor(count)) }, (_, index) => write(index)).join(',');
const object = (count, write) => `{${joined(count, (index) => `"${name(index)}":${write(index)}`)}}`;
const nested = (open, close) => (count) => list(count / 400, () => `${open.repeat(400)}1${close.repeat(400)}`);
/** The maximum number of members of an object. */
const widest = 9_900;

export const wide = {
  members: (count) =>
    count <= widest ? object(count, () => '1') : list(count / widest, () => object(widest, () => '1')),
  'members-named-by-numbers': (count) =>
    list(
      Math.ceil(count / widest),
      () => `{${joined(Math.min(count, widest), (index) => `"${Math.imul(index, 2654435761) >>> 0}":1`)}}`,
    ),
  'members-of-one-name': (count) => list(count / widest, () => `{${joined(Math.min(count, widest), () => '"a":1')}}`),
  texts: (count) => list(count, (index) => `"${name(index)}"`),
  numbers: (count) => list(count, (index) => String(index % 10)),
  'empty-objects': (count) => list(count / 2, () => '{}'),
  'empty-lists': (count) => list(count / 2, () => '[]'),
  'objects-of-other-names': (count) => list(count / 2, (index) => `{"${name(index)}":1}`),
  'objects-of-three-names': (count) =>
    list(
      count / 4,
      (index) => `{"a${name(index % 97)}":1,"b${name(index % 89)}":"${name(index)}","c${name(index % 83)}":null}`,
    ),
  'nested-objects': nested('{"a":', '}'),
  'nested-lists': nested('[', ']'),
};

export const long = {
  text: (bytes) => `"${'x'.repeat(bytes)}"`,
  'text-of-escapes': (bytes) => `"${'\\u0041'.repeat(bytes / 6)}"`,
  'text-of-line-breaks': (bytes) => `"${'\\n'.repeat(bytes / 2)}"`,
  'text-of-quotes': (bytes) => `"${'\\"'.repeat(bytes / 2)}"`,
  'text-in-chinese': (bytes) => `"${'漢'.repeat(bytes / 3)}"`,
  'text-of-spaces': (bytes) => `"${' '.repeat(bytes)}"`,
  'open-templates': (bytes) => `"${'{{'.repeat(bytes / 2)}"`,
  templates: (bytes) => `"${Array.from({ length: bytes / 16 }, (_, index) => `{{ ${name(index)} }}`).join('')}"`,
  'open-brackets': (bytes) => `"${'('.repeat(bytes)}"`,
  expression: (bytes) => `"1${' + 1'.repeat(bytes / 4)}"`,
  'data-url': (bytes) => `"data:text/plain;base64,${'QUJD'.repeat(bytes / 4)}"`,
  'number-of-digits': (bytes) => '1'.repeat(bytes),
  'spaces-between': (bytes) => `{${' '.repeat(bytes)}"a":1}`,
};

/** Shapes that every route must refuse as soon as it detects them. */
export const refused = {
  'too-many-members': (bytes) => object(bytes / 12, () => '1'),
  'too-many-items': (bytes) => list(bytes / 2, () => '1'),
  'too-deep-objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'too-deep-lists': (bytes) => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
  'brackets-that-never-close': (bytes) => '['.repeat(bytes),
  'too-long-name': (bytes) => `{"${'n'.repeat(bytes)}":1}`,
};
