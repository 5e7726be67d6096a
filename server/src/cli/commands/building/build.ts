import { HeddleError, isPlainObject, mostValues, parseJson } from '@heddle/core';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { print, printJson, table } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

/** `heddle build tools`. */
export async function listTools({ json }: JsonOption, command: Command): Promise<void> {
  const { tools } = await withClient(command, ({ api }) => api.GET('/api/build/tools'));
  if (json === true) printJson(tools);
  else print(...table([['tool', 'what it does'], ...tools.map(({ name, description }) => [name, description])]));
}

/** `heddle build show`. */
export async function showTool(name: string, _options: JsonOption, command: Command): Promise<void> {
  const { tools } = await withClient(command, ({ api }) => api.GET('/api/build/tools'));
  const found = tools.find((tool) => tool.name === name);
  if (found === undefined)
    throw new HeddleError('tool_unknown', `There is no tool '${name}': heddle build tools lists them.`);
  printJson(found);
}

/** `heddle build call`: prints the tool's answer as JSON, with and without --json. */
export async function callTool(
  name: string,
  options: JsonOption & { readonly arguments?: string; readonly with: readonly string[] },
  command: Command,
): Promise<void> {
  const args = { ...(await argumentsOf(options.arguments)), ...(await namedOf(options.with)) };
  const { result } = await withClient(command, ({ api }) =>
    api.POST('/api/build/tools/{tool}', { params: { path: { tool: name } }, body: { arguments: args } }),
  );
  printJson(result);
}

/** `heddle build proposals`. */
export async function listProposals(
  { json, open }: JsonOption & { readonly open?: boolean },
  command: Command,
): Promise<void> {
  const query = open === true ? { open: 'true' as const } : {};
  const { proposals } = await withClient(command, ({ api }) => api.GET('/api/proposals', { params: { query } }));
  if (json === true) printJson(proposals);
  else if (proposals.length === 0) print('There are no proposals.');
  else
    print(
      ...table([
        ['id', 'kind', 'state', 'by', 'title'],
        ...proposals.map(({ id, kind, state, authorName, title }) => [id, kind, state, authorName, title]),
      ]),
    );
}

async function argumentsOf(file: string | undefined): Promise<Record<string, unknown>> {
  if (file === undefined) return {};
  const content = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8').catch(unreadable(file));
  const value = parseJson(content, mostValues.usual);
  if (isPlainObject(value)) return { ...value };
  throw new HeddleError('usage', `--arguments takes a JSON object; ${file} has something else.`);
}

async function namedOf(given: readonly string[]): Promise<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const entry of given) {
    const split = entry.indexOf('=');
    if (split < 1) throw new HeddleError('usage', `--with takes name=value; it was given '${entry.slice(0, 80)}'.`);
    const value = entry.slice(split + 1);
    const file = value.startsWith('@') ? value.slice(1) : undefined;
    named[entry.slice(0, split)] = valueOf(
      file === undefined ? value : await readFile(file, 'utf8').catch(unreadable(file)),
    );
  }
  return named;
}

/** Parses a text as JSON, or gives it back if it is none. */
function valueOf(text: string): unknown {
  try {
    return parseJson(text, mostValues.usual);
  } catch {
    return text;
  }
}

const unreadable =
  (file: string) =>
  (cause: unknown): never => {
    throw new HeddleError('file_unreadable', `${file} cannot be read: name a JSON file.`, { cause });
  };
