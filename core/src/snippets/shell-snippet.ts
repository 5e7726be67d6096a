import type { PortDescription } from '../node/describe-node.js';

/** Quotes a text for the shell, with inner quotes escaped. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Writes a curl call with a JSON body; `more` contains further options. */
export function curlSnippet(url: string, json: string, more: readonly string[] = []): string {
  return [
    `curl ${url}`,
    '  -H "Authorization: Bearer $HEDDLE_KEY"',
    "  -H 'Content-Type: application/json'",
    ...more.map((line) => `  ${line}`),
    `  -d ${quoted(json)}`,
  ].join(' \\\n');
}

/** Writes a curl call with a multipart part for each input. Files are read from the current folder. */
export function curlWithFiles(
  url: string,
  example: Readonly<Record<string, unknown>>,
  files: readonly PortDescription[],
  more: readonly string[] = [],
): string {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    `curl ${url}`,
    '  -H "Authorization: Bearer $HEDDLE_KEY"',
    ...more.map((line) => `  ${line}`),
    // --form-string sends the value literally. With -F, a value that starts with @ or < would be read as a file name.
    ...Object.entries(example).map(([name, value]) => `  --form-string ${quoted(`${name}=${text(value)}`)}`),
    ...files.map(({ name }) => `  -F ${quoted(`${name}=@file`)}`),
  ].join(' \\\n');
}
