import { makeFolder } from '@heddle/adapters/database';
import {
  diffWords,
  HeddleError,
  newestLabel,
  promptText,
  type PromptInfo,
  type PromptVersionReply,
} from '@heddle/core';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Client } from '../../client/http-call.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import type { JsonOption } from '../parse-argument.js';
import { readContentFile, readPromptFile, writePromptFile, type ReadPrompt } from './prompt-files.js';

/** `heddle prompts list`. */
export async function listPrompts({ json }: JsonOption, command: Command): Promise<void> {
  const { prompts } = await withClient(command, ({ api }) => api.GET('/api/prompts'));
  if (json === true) printJson(prompts);
  else if (prompts.length === 0) print('There is no prompt: heddle prompts save NAME FILE makes one.');
  else
    print(
      ...table([
        ['name', 'title', 'kind', 'version', 'labels', 'used by', 'changed'],
        ...prompts.map(({ name, title, kind, version, labels, workflows, updatedAt }) => [
          ...[name, title, kind, String(version), labelsText(labels), `${workflows} workflows`, timeOf(updatedAt)],
        ]),
      ]),
    );
}

const labelsText = (labels: PromptInfo['labels']): string =>
  Object.entries(labels)
    .map(([label, version]) => `${label}=${version}`)
    .join(' ');

interface OfOption extends JsonOption {
  readonly of?: string;
}

/** `heddle prompts show`. */
export async function showPrompt(given: string, { of, json }: OfOption, command: Command): Promise<void> {
  const { prompt, version } = await withClient(command, async (client) => {
    const { id } = await requirePrompt(client, given);
    const found = await client.api.GET('/api/prompts/{id}', { params: { path: { id } } });
    return { prompt: found, version: await theVersion(client, found, of) };
  });
  if (json === true) {
    printJson({ ...prompt, shown: version });
    return;
  }
  print(promptText(version.content), '');
  const variables = version.variables.map(({ name, isOptional }) => (isOptional ? `${name}?` : name));
  print(`${prompt.name}, version ${version.version}. Variables: ${variables.join(', ') || 'none'}.`);
  if (Object.keys(prompt.labels).length > 0) print(`Labels: ${labelsText(prompt.labels)}.`);
  for (const { version: number, who, note, createdAt } of prompt.versions)
    print(`${timeOf(createdAt)}  version ${number} by ${who} ${note}`.trimEnd());
  for (const { slug, node, published, label, version: pinned } of prompt.uses)
    print(
      `used by ${slug}, ${published === undefined ? 'draft' : `version ${published}`}: ${node} (${label ?? pinned ?? newestLabel})`,
    );
}

interface SaveOptions extends JsonOption {
  readonly title?: string;
  readonly note?: string;
  readonly label?: string;
  readonly base?: number;
}

/** `heddle prompts save`. */
export async function savePrompt(
  given: string,
  file: string,
  { json, ...options }: SaveOptions,
  command: Command,
): Promise<void> {
  const content = readContentFile(file, await readText(file));
  const saved = await withClient(command, (client) =>
    write(client, { name: given, title: options.title ?? '', content }, options),
  );
  if (json === true) printJson(saved);
  else print(savedText(saved));
}

interface WriteOptions {
  readonly note?: string;
  readonly label?: string;
  readonly base?: number;
}

interface Saved {
  readonly name: string;
  readonly version: number;
  readonly isNew: boolean;
}

const savedText = ({ name, version, isNew }: Saved): string =>
  isNew ? `${name}: version ${version} is saved.` : `${name}: version ${version} says this already.`;

/** Saves a version, and creates the prompt if there is none of that name. */
async function write(
  client: Client,
  { name, title, content }: ReadPrompt,
  { note = '', label, base }: WriteOptions,
): Promise<Saved> {
  const known = await findPrompt(client, name);
  if (known === undefined) {
    const { id } = await client.api.POST('/api/prompts', { body: { name, title, content, note, owners: [] } });
    if (label !== undefined)
      await client.api.PUT('/api/prompts/{id}/labels/{label}', {
        params: { path: { id, label } },
        body: { version: 1 },
      });
    return { name, version: 1, isNew: true };
  }
  const body = { content, note, label, base };
  const { version, isNew } = await client.api.POST('/api/prompts/{id}/versions', {
    params: { path: { id: known.id } },
    body,
  });
  return { name: known.name, version, isNew };
}

/** `heddle prompts diff`: marks changes as `[-removed-]` and `{+added+}`, like `git diff --word-diff`. */
export async function diffPrompt(
  given: string,
  from: string | undefined,
  to: string | undefined,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const [before, after] = await withClient(command, async (client) => {
    const prompt = await requirePrompt(client, given);
    const last = await theVersion(client, prompt, to);
    return [await theVersion(client, prompt, from ?? String(Math.max(1, last.version - 1))), last] as const;
  });
  const changes = diffWords(promptText(before.content), promptText(after.content));
  if (json === true) {
    printJson({ from: before.version, to: after.version, changes });
    return;
  }
  const parts = changes.map(({ type, text }) =>
    type === 'same' ? text : type === 'removed' ? `[-${text}-]` : `{+${text}+}`,
  );
  print(`version ${before.version} to version ${after.version}`, parts.join(''));
}

/** `heddle prompts label`. */
export async function labelPrompt(
  given: string,
  label: string,
  version: string | undefined,
  { remove, json }: JsonOption & { readonly remove?: true },
  command: Command,
): Promise<void> {
  const changed = await withClient(command, async (client) => {
    const prompt = await requirePrompt(client, given);
    const params = { path: { id: prompt.id, label } };
    if (remove === true) return client.api.DELETE('/api/prompts/{id}/labels/{label}', { params });
    const body = { version: (await theVersion(client, prompt, version)).version };
    return client.api.PUT('/api/prompts/{id}/labels/{label}', { params, body });
  });
  if (json === true) printJson(changed);
  else print(`${changed.name}: ${labelsText(changed.labels) || 'no labels'}`);
}

interface ExportOptions extends OfOption {
  readonly all?: true;
  readonly out?: string;
}

/** `heddle prompts export`. */
export async function exportPrompts(
  given: string | undefined,
  { all, out, of, json }: ExportOptions,
  command: Command,
): Promise<void> {
  if ((all === true) === (given !== undefined) || (all === true && out === undefined))
    throw new HeddleError('usage', 'Name a prompt, or export every prompt: heddle prompts export --all --out FOLDER.');
  const files = await withClient(command, async (client) => {
    const prompts =
      given === undefined ? (await client.api.GET('/api/prompts')).prompts : [await requirePrompt(client, given)];
    const written: string[] = [];
    for (const prompt of prompts) {
      const { content } = await theVersion(client, prompt, of);
      const text = writePromptFile({ name: prompt.name, title: prompt.title, content });
      if (out === undefined) process.stdout.write(text);
      else written.push(await writeText(resolve(all === true ? join(out, `${prompt.name}.json`) : out), text));
    }
    return written;
  });
  if (json === true && out !== undefined) printJson({ files });
  else for (const file of files) printToStderr(`Wrote ${file}`);
}

async function writeText(file: string, text: string): Promise<string> {
  makeFolder(dirname(file), { isPrivate: false });
  await writeFile(file, text);
  return file;
}

/** `heddle prompts import`: reads all files before it saves the first. */
export async function importPrompts(
  files: readonly string[],
  { json, ...options }: JsonOption & WriteOptions,
  command: Command,
): Promise<void> {
  const read = await Promise.all(files.map(async (file) => readPromptFile(file, await readText(file))));
  const saved = await withClient(command, async (client) => {
    const all: Saved[] = [];
    for (const prompt of read) all.push(await write(client, prompt, options));
    return all;
  });
  if (json === true) printJson(saved);
  else print(...saved.map(savedText));
}

/** `heddle prompts remove`. */
export async function removePrompt(given: string, { json }: JsonOption, command: Command): Promise<void> {
  const prompt = await withClient(command, async (client) => {
    const found = await requirePrompt(client, given);
    await client.api.DELETE('/api/prompts/{id}', { params: { path: { id: found.id } } });
    return found;
  });
  if (json === true) printJson({ id: prompt.id });
  else print(`The prompt ${prompt.name} is removed.`);
}

async function readText(file: string): Promise<string> {
  if (!existsSync(file)) throw new HeddleError('file_not_found', `There is no file '${file}': check the path.`);
  return readFile(file, 'utf8');
}

/** Finds a version by its number or label. */
async function theVersion(
  { api }: Client,
  { id, name, version: newest, labels }: Pick<PromptInfo, 'id' | 'name' | 'version' | 'labels'>,
  of: string = newestLabel,
): Promise<PromptVersionReply> {
  const number = /^\d{1,9}$/.test(of)
    ? Number(of)
    : of === newestLabel
      ? newest
      : new Map(Object.entries(labels)).get(of);
  if (number === undefined)
    throw new HeddleError(
      'not_found',
      `The prompt '${name}' has no label '${of}': heddle prompts show ${name} names them.`,
    );
  return api.GET('/api/prompts/{id}/versions/{version}', { params: { path: { id, version: String(number) } } });
}

async function requirePrompt(client: Client, given: string): Promise<PromptInfo> {
  const found = await findPrompt(client, given);
  if (found !== undefined) return found;
  throw new HeddleError('not_found', `There is no prompt '${given}': heddle prompts list names them.`);
}

/** Finds a prompt by its id, or by its name if only one project has it. */
async function findPrompt({ api }: Client, given: string): Promise<PromptInfo | undefined> {
  const { prompts } = await api.GET('/api/prompts');
  const byId = prompts.find(({ id }) => id === given);
  if (byId !== undefined) return byId;
  const [first, ...others] = prompts.filter(({ name }) => name === given);
  if (others.length > 0)
    throw new HeddleError('usage', `Several projects have a prompt '${given}': name one by its id.`);
  return first;
}
