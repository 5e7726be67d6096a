// Shapes of JSON values that a body may bring, each as a text: `wide` ones by the number of their values, `long` ones by their bytes.
const name = (index) => `k${(Math.imul(index, 2654435761) >>> 0).toString(36)}`;
const joined = (count, write) =>
  Array.from({ length: Math.max(1, Math.floor(count)) }, (_, index) => write(index)).join(',');
const object = (count, write) => `{${joined(count, (index) => `"${name(index)}":${write(index)}`)}}`;
const nested = (open, close) => (count) => `[${joined(count / 400, () => `${open.repeat(400)}1${close.repeat(400)}`)}]`;

/** A value of so many members and items. */
export const wide = {
  members: (count) => object(count, () => '1'),
  'members of 20,000': (count) => `[${joined(count / 20_000, () => object(19_999, () => '1'))}]`,
  texts: (count) => `[${joined(count, (index) => `"${name(index)}"`)}]`,
  numbers: (count) => `[${joined(count, (index) => String(index % 10))}]`,
  objects: (count) => `[${joined(count / 2, () => '{}')}]`,
  lists: (count) => `[${joined(count / 2, () => '[]')}]`,
  'objects of one name each': (count) => `[${joined(count / 2, (index) => `{"${name(index)}":1}`)}]`,
  'objects of three names': (count) =>
    `[${joined(count / 4, (index) => `{"a${name(index % 97)}":1,"b${name(index % 89)}":"${name(index)}","c${name(index % 83)}":null}`)}]`,
  'numbers as names': (count) => `{${joined(count, (index) => `"${Math.imul(index, 2654435761) >>> 0}":1`)}}`,
  'one name again and again': (count) => `{${joined(count, () => '"a":1')}}`,
  'deep objects': nested('{"a":', '}'),
  'deep lists': nested('[', ']'),
};

/** A value of so many bytes and few members. */
export const long = {
  text: (bytes) => `"${'x'.repeat(bytes)}"`,
  'text in escapes': (bytes) => `"${'\\u0041'.repeat(bytes / 6)}"`,
  'text of line breaks': (bytes) => `"${'\\n'.repeat(bytes / 2)}"`,
  'text of quotes': (bytes) => `"${'\\"'.repeat(bytes / 2)}"`,
  'text in Chinese': (bytes) => `"${'漢'.repeat(bytes / 3)}"`,
  'braces of templates': (bytes) => `"${'{{'.repeat(bytes / 2)}"`,
  templates: (bytes) => `"${'{{ a }}'.repeat(bytes / 7)}"`,
  'templates of other names': (bytes) => {
    let text = '';
    for (let index = 0; text.length < bytes - 20; index += 1) text += `{{ ${name(index)} }}`;
    return `"${text}"`;
  },
  'open brackets': (bytes) => `"${'('.repeat(bytes)}"`,
  'an expression': (bytes) => `"1${' + 1'.repeat(bytes / 4)}"`,
  spaces: (bytes) => `"${' '.repeat(bytes)}"`,
  'a data URL': (bytes) => `"data:text/plain;base64,${'QUJD'.repeat(bytes / 4)}"`,
  'a number': (bytes) => '1'.repeat(bytes),
  'a long name': (bytes) => `{"${'n'.repeat(bytes)}":1}`,
  'spaces between': (bytes) => `{${' '.repeat(bytes)}"a":1}`,
};

/** A text that is deeper than any may be. */
export const deep = {
  'ever deeper objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'ever deeper lists': (bytes) => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
  'brackets that never close': (bytes) => '['.repeat(bytes),
};
