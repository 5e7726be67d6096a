import type { PortDescription } from '../node/describe-node.js';

/** A single quote ends a quoted text of the shell, so it is written apart. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A call by curl with a JSON body; `more` are further options. */
export function curlSnippet(url: string, json: string, more: readonly string[] = []): string {
  return [
    `curl ${url}`,
    '  -H "Authorization: Bearer $HEDDLE_KEY"',
    "  -H 'Content-Type: application/json'",
    ...more.map((line) => `  ${line}`),
    `  -d ${quoted(json)}`,
  ].join(' \\\n');
}

/** A call by curl with a part for each input; files are read from where it is called. */
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
    // A value as it stands: with -F, one that begins with @ or < would name a file.
    ...Object.entries(example).map(([name, value]) => `  --form-string ${quoted(`${name}=${text(value)}`)}`),
    ...files.map(({ name }) => `  -F ${quoted(`${name}=@file`)}`),
  ].join(' \\\n');
}
