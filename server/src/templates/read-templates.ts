import { HeddleError, parseDocument, TemplateCard, WorkflowTest, type WorkflowDocument } from '@heddle/core';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';

/** A template as it is stored in its folder. */
export interface Template {
  readonly id: string;
  readonly folder: string;
  readonly document: WorkflowDocument;
  readonly readme: string;
  /** Undefined if `template.json` is missing or invalid. */
  readonly card: TemplateCard | undefined;
  readonly tests: readonly WorkflowTest[];
  /** The content of `tests.jsonl`; empty if there is none. */
  readonly testsText: string;
}

/** Reads all templates of a folder, sorted by id. A folder without a valid workflow is not a template. */
export async function readTemplates(folder: string): Promise<readonly Template[]> {
  if (!existsSync(folder)) return [];
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const templates = await Promise.all(entries.map((entry) => readTemplate(entry.name, join(folder, entry.name))));
  return templates.filter((template) => template !== undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function readTemplate(id: string, folder: string): Promise<Template | undefined> {
  const file = join(folder, 'workflow.json');
  if (!existsSync(file)) return undefined;
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8').catch(() => '');
  const [readme, testsText, card] = await Promise.all([text('README.md'), text('tests.jsonl'), text('template.json')]);
  try {
    const document = parseDocument(await readFile(file, 'utf8'));
    return { id, folder, readme, card: cardOf(card), tests: testsOf(testsText), testsText, document };
  } catch {
    return undefined;
  }
}

function cardOf(text: string): TemplateCard | undefined {
  if (text === '') return undefined;
  return TemplateCard.safeParse(JSON.parse(text)).data;
}

const testsOf = (text: string): readonly WorkflowTest[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => WorkflowTest.parse(JSON.parse(line)));

const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.eml': 'message/rfc822',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
};

/** Reads the inputs of the examples, with files as data URLs, so that a caller can send them as they are. */
export async function examplesOf({ id, folder, card }: Template) {
  return Promise.all(
    (card?.examples ?? []).map(async ({ name, inputs, files }) => {
      const read = await Promise.all(
        Object.entries(files).map(async ([input, path]) => [input, await dataUrlOf(id, folder, path)] as const),
      );
      return { name, inputs: { ...inputs, ...Object.fromEntries(read) } };
    }),
  );
}

async function dataUrlOf(id: string, folder: string, path: string): Promise<string> {
  const file = resolve(folder, path);
  if (relative(folder, file).startsWith('..'))
    throw new HeddleError('bad_request', `The template '${id}' has an example outside its folder: ${path}`);
  const mediaType = mediaTypes[extname(file)] ?? 'application/octet-stream';
  return `data:${mediaType};base64,${(await readFile(file)).toString('base64')}`;
}

/** Gives the first paragraph below the title as plain text. */
export function summaryOf(readme: string): string | undefined {
  const paragraph = readme
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .find((block) => block !== '' && !/^(?:#|```|\||!\[|[-*] )/.test(block));
  return paragraph
    ?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]+/g, '')
    .replace(/\s+/g, ' ');
}
