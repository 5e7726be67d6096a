import type { ReaderChoice } from '@heddle/core';

const kinds: Readonly<Record<string, string>> = {
  local: 'This machine',
  user: 'User',
  service: 'Service account',
  key: 'API key',
  group: 'Group',
  'oidc-group': 'Group of the sign-in provider',
  'end-user': 'End user of a key',
  'end-user-group': 'Group that a key states',
};

const partsOf = (reader: string): readonly [kind: string, name: string] => {
  const at = reader.indexOf(':');
  return at < 0 ? [reader, reader] : [reader.slice(0, at), reader.slice(at + 1)];
};

/** The kind of a reader. @example kindText('group:g_1') // 'Group' */
export const kindText = (reader: string): string => kinds[partsOf(reader)[0]] ?? 'Unknown';

/** The title of a reader. A reader that no longer exists is shown by its id. */
export const titleOf = (reader: string, choices: readonly ReaderChoice[]): string =>
  choices.find((choice) => choice.reader === reader)?.title ?? partsOf(reader)[1];

/** The number of readers of a document. @example readersText(['user:a', 'group:b']) // '2 readers' */
export const readersText = (readers: readonly string[]): string =>
  readers.length === 0 ? 'Nobody may read it' : readers.length === 1 ? '1 reader' : `${readers.length} readers`;
