import {
  GraphOptions,
  HeddleError,
  withoutUndefined,
  type GraphEntity,
  type GraphEntityReply,
  type GraphEstimate,
  type GraphState,
} from '@heddle/core';
import type { Command } from 'commander';
import type { Caller } from '../../client/http-call.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import { doneText, followDocuments } from './follow-documents.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

interface GraphFlags extends JsonOption {
  readonly model?: string;
  readonly type: readonly string[];
  readonly instructions?: string;
  readonly estimate?: true;
  readonly continue?: true;
  readonly remove?: true;
  readonly wait: boolean;
}

const graphPath = '/api/collections/{name}/graph';
const paramsOf = (name: string) => ({ params: { path: { name } } });

/** `heddle graph`: shows the knowledge graph of a collection, sets its model, continues or removes it. */
export async function graphOfCollection(name: string, flags: GraphFlags, command: Command): Promise<void> {
  checkFlags(flags);
  await withClient(command, async ({ api }) => {
    if (flags.remove === true) {
      await api.DELETE(graphPath, paramsOf(name));
      if (flags.json === true) printJson({ name });
      else print(`${name} has no knowledge graph now.`);
      return;
    }
    if (flags.estimate === true) {
      const options = await optionsOf(api, name, flags);
      const estimate = await api.POST(`${graphPath}/estimate`, { ...paramsOf(name), body: { options } });
      if (flags.json === true) printJson(estimate);
      else print(estimateText(name, estimate));
      return;
    }
    const jobId = await startJob(api, name, flags);
    if (jobId !== undefined && flags.wait) await followDocuments(api, jobId, doneText(name));
    showState(name, await api.GET(graphPath, paramsOf(name)), flags);
  });
}

/** Errors: `usage` for flags that exclude each other. */
function checkFlags({ model, type, instructions, estimate, continue: goesOn, remove }: GraphFlags): void {
  const isSet = model !== undefined || type.length > 0 || instructions !== undefined;
  if (remove === true && (isSet || estimate === true || goesOn === true))
    throw new HeddleError('usage', '--remove cannot be combined with other options.');
  if (goesOn === true && (isSet || estimate === true))
    throw new HeddleError(
      'usage',
      '--continue uses the model that is set: leave --model, --type, --instructions and --estimate out.',
    );
}

/** Starts the job that the flags ask for and returns its id; undefined if the flags only show the state. */
async function startJob(api: Caller['api'], name: string, flags: GraphFlags): Promise<string | undefined> {
  if (flags.continue === true) return (await api.POST(`${graphPath}/fill`, paramsOf(name))).jobId;
  if (flags.model === undefined && flags.type.length === 0 && flags.instructions === undefined) return undefined;
  const options = await optionsOf(api, name, flags);
  return (await api.PUT(graphPath, { ...paramsOf(name), body: { options } })).jobId;
}

/** The graph options from the flags. Without `--model`, the model and all other options of the graph are kept. Errors: `usage`. */
async function optionsOf(api: Caller['api'], name: string, flags: GraphFlags): Promise<GraphOptions> {
  const { model, instructions } = flags;
  const types = flags.type.length === 0 ? undefined : flags.type;
  const before = model === undefined ? (await api.GET(graphPath, paramsOf(name))).options : { model };
  if (before === undefined)
    throw new HeddleError('usage', `'${name}' has no knowledge graph yet: give --model to set one.`);
  return parseArgument(
    GraphOptions,
    { ...before, ...withoutUndefined({ types, instructions }) },
    'The knowledge graph',
  );
}

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

function estimateText(name: string, { documents, passages, tokens, isLocal }: GraphEstimate): string {
  if (documents === 0) return `${name}: no document is left to read with these options.`;
  const read = tokens === 0 ? '' : ` in ${count(passages, 'call')}, about ${count(tokens, 'token')}`;
  const where = isLocal ? 'It runs on this machine.' : 'The text leaves this machine, and the calls can cost money.';
  return `${name}: the model reads ${count(documents, 'document')} with ${count(passages, 'passage')}${read}. ${where}`;
}

function showState(name: string, state: GraphState, { json }: JsonOption): void {
  if (json === true) {
    printJson(state);
    return;
  }
  const { options, documents, missing, failures, entities, relations } = state;
  if (options === undefined) {
    print(`${name} has no knowledge graph: heddle graph ${name} --model MODEL finds its entities.`);
    return;
  }
  const types = options.types === undefined ? '' : `; types ${options.types.join(', ')}`;
  print(
    `${name}: ${count(entities, 'entity', 'entities')}, ${count(relations, 'relation')}; found by ${options.model}${types}.`,
    missing === 0
      ? `Read: ${count(documents, 'document')}.`
      : `Read: ${documents - missing} of ${count(documents, 'document')}; heddle graph ${name} --continue reads the others.`,
  );
  for (const { document, code, message } of failures) printToStderr(`${document}: ${message} (${code})`);
}

/** `heddle entities`: lists entities, or shows one. */
export async function entitiesOfCollection(
  name: string,
  query: string | undefined,
  { id, limit, json }: JsonOption & { readonly id?: string; readonly limit: number },
  command: Command,
): Promise<void> {
  if (id !== undefined && query !== undefined) throw new HeddleError('usage', 'Give a text to search for, or --id.');
  await withClient(command, async ({ api }) => {
    if (id !== undefined) {
      const found = await api.GET(`${graphPath}/entity`, { params: { path: { name }, query: { id } } });
      if (json === true) printJson(found);
      else print(...entityLines(found));
      return;
    }
    const entities = await listed(api, name, query, limit);
    if (json === true) printJson(entities);
    else if (entities.length === 0) printToStderr(`No entity of '${name}' matches.`);
    else print(...entityTable(entities));
  });
}

const mostOfPage = 200;

async function listed(
  api: Caller['api'],
  name: string,
  query: string | undefined,
  limit: number,
): Promise<readonly GraphEntity[]> {
  const found: GraphEntity[] = [];
  let after: string | undefined;
  do {
    const page = await api.GET(`${graphPath}/entities`, {
      params: { path: { name }, query: { query, after, limit: Math.min(mostOfPage, limit - found.length) } },
    });
    found.push(...page.entities);
    after = page.next;
  } while (after !== undefined && found.length < limit);
  return found;
}

const entityTable = (entities: readonly GraphEntity[]): string[] =>
  table([
    ['id', 'name', 'type', 'passages', 'documents'],
    ...entities.map(({ id, name, type, passages, documents }) => [
      ...[id, name, type],
      ...[String(passages), String(documents)],
    ]),
  ]);

function entityLines({ entity, merged, mentions, relations, neighbours }: GraphEntityReply): readonly string[] {
  const names = new Map([entity, ...neighbours].map(({ id, name }) => [id, name]));
  const nameOf = (id: string): string => names.get(id) ?? id;
  const flat = (text: string): string => {
    const line = text.replace(/\s+/g, ' ').trim();
    return line.length <= 300 ? line : `${line.slice(0, 297)}...`;
  };
  return [
    `${entity.name} (${entity.type}): ${count(entity.passages, 'passage')} in ${count(entity.documents, 'document')}`,
    ...(merged.length === 0 ? [] : ['', 'Also:', ...merged.map(({ id, name }) => `  ${name}  [${id}]`)]),
    ...(relations.length === 0 ? [] : ['', 'Relations:']),
    ...relations.map(
      ({ source, target, text, passage }) => `  ${nameOf(source)} ${text} ${nameOf(target)}  [${passage}]`,
    ),
    ...(neighbours.length === 0 ? [] : ['', 'Mentioned together:']),
    ...neighbours.map(({ id, name, type, shared }) => `  ${name} (${type}), ${count(shared, 'passage')}  [${id}]`),
    '',
    'Passages:',
    ...mentions.flatMap(({ title, passage, text }) => [`  ${title}  [${passage}]`, `    ${flat(text)}`]),
  ];
}
