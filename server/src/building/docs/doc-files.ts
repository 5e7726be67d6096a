import { HeddleError } from '@heddle/core';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the documentation beside the packages; the same search works from sources, from dist and from the bundle. */
function docsFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 6; up += 1, folder = dirname(folder))
    if (existsSync(join(folder, 'docs', 'glossary.md'))) return join(folder, 'docs');
  return undefined;
}

const docName = /^[a-z0-9-]{1,64}\.md$/;

/** The names of the documents, such as `nodes.md`; empty if the documentation is not installed. */
export async function docNames(): Promise<readonly string[]> {
  const folder = docsFolder();
  return folder === undefined ? [] : (await readdir(folder)).filter((name) => docName.test(name)).toSorted();
}

/** Matches code, in which nothing is a link, and links. */
const codeOrLink = /^```[\s\S]*?^```|!?\[([^\]]*)\]\(([^)\s]+)\)|`[^`\n]*`/gm;

/** The text of a document. Links to files that are not served are replaced by their text. Errors: `not_found`. */
export async function readDoc(name: string): Promise<string> {
  const folder = docsFolder();
  const names = await docNames();
  if (folder === undefined || !names.includes(name))
    throw new HeddleError('not_found', `There is no document '${name.slice(0, 80)}': /llms.txt lists them.`);
  const text = await readFile(join(folder, name), 'utf8');
  return text.replace(codeOrLink, (all: string, caption?: string, to?: string) =>
    caption === undefined || to === undefined || isServed(to, names) ? all : caption,
  );
}

function isServed(to: string, names: readonly string[]): boolean {
  const [path = ''] = to.split('#', 1);
  return path === '' || URL.canParse(to) || names.includes(path);
}

/** The heading of a document. */
export async function titleOfDoc(name: string): Promise<string> {
  return /^# (.+)$/m.exec(await readDoc(name))?.[1] ?? name;
}

/** The first sentences of a document, without links. */
async function aboutDoc(name: string): Promise<string> {
  const text = (await readDoc(name)).replace(/^# .+$/m, '').replace(/^```[\s\S]*?^```/gm, '');
  const first = /^(?![#|!<]).+(?:\n(?![#|!<]).+)*/m.exec(text)?.[0] ?? '';
  const plain = first
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/[*`]|(?<!\w)_|_(?!\w)/g, '')
    .replace(/\s+/g, ' ');
  return (/^.{20,240}?[.!](?=\s|$)/.exec(plain)?.[0] ?? plain.slice(0, 240)).trim();
}

/** The documents that programs should read first. */
const firstDocs = [
  'build-with-agents.md',
  'concepts.md',
  'nodes.md',
  'glossary.md',
  'labels.md',
  'publishing.md',
  'cli.md',
  'api.md',
];

/** The `llms.txt` of this server: what Heddle is, and the address of each document. */
export async function llmsText(home: string): Promise<string> {
  const names = await docNames();
  const line = async (name: string): Promise<string> =>
    `- [${await titleOfDoc(name)}](${home}/docs/${name}): ${await aboutDoc(name)}`;
  const lines = (some: readonly string[]): Promise<string[]> => Promise.all(some.map(line));
  return [
    '# Heddle',
    '',
    '> Draw an agentic RAG workflow, run it on your own models and on frontier models, publish it as an API, and watch every run live.',
    '',
    `Programs build workflows with the tools of ${home}/mcp/build (Model Context Protocol) and a key with the right workflow:build. They propose; a person publishes.`,
    '',
    '## First',
    '',
    ...(await lines(firstDocs.filter((name) => names.includes(name)))),
    `- [The HTTP API](${home}/api/openapi.json): every route, as OpenAPI 3.1`,
    '',
    '## Optional',
    '',
    ...(await lines(names.filter((name) => !firstDocs.includes(name)))),
    '',
  ].join('\n');
}
