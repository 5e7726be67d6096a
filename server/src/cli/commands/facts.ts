import { ChangeFactRequest, HeddleError, type StoredFact } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Command } from 'commander';
import { print, printJson, table } from '../output.js';
import { readTime } from '../read-time.js';
import { timeOf } from './channels/channels.js';
import { withClient } from './context.js';
import type { ConversationOptions } from './conversations.js';
import { parseArgument, type JsonOption } from './parse-argument.js';

type FactOptions = Omit<ConversationOptions, 'unassigned'>;

/** `heddle facts list`. */
export async function listFacts(
  { limit, json, ...filters }: FactOptions & JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const { facts, names } = await withClient(command, ({ api }) =>
    api.GET('/api/facts', { params: { query: { ...filters, limit } } }),
  );
  if (json === true) printJson(facts);
  else if (facts.length === 0) print('There is no such fact.');
  else
    print(
      ...table([
        ['id', 'written', 'label', 'expires', 'workflow', 'about', 'key', 'text'],
        ...facts.map((fact) => row(fact, names)),
      ]),
    );
}

/** `heddle facts export`: writes facts as lines to standard output. */
export async function exportFacts(filters: FactOptions, command: Command): Promise<void> {
  await withClient(command, async ({ request }) => {
    const { body } = await request('GET', addressOf('/api/facts/export', { query: filters }));
    for await (const lines of body?.pipeThrough(new TextDecoderStream()) ?? []) process.stdout.write(lines);
  });
}

/** `heddle facts edit`. */
export async function editFact(
  id: string,
  { text, expires, json }: JsonOption & { readonly text?: string; readonly expires?: string },
  command: Command,
): Promise<void> {
  const end = expires === 'never' ? null : readTime(expires, '--expires');
  const body = parseArgument(ChangeFactRequest, { text, expiresAt: end }, 'The fact');
  const changed = await withClient(command, ({ api }) =>
    api.POST('/api/facts/{id}', { params: { path: { id } }, body }),
  );
  if (json === true) printJson(changed);
  else print(`${changed.key}: ${changed.text}`);
}

/** `heddle facts erase`: erases one fact by its id, or those that match the filters. */
export async function eraseFacts(
  id: string | undefined,
  { before, json, ...filters }: FactOptions & JsonOption & { readonly before?: string },
  command: Command,
): Promise<void> {
  const query = { ...filters, before: readTime(before, '--before') };
  if ((id === undefined) === Object.values(query).every((value) => value === undefined))
    throw new HeddleError('usage', 'Say what to erase: the id of a fact, or options that name several.');
  const erased = await withClient(command, ({ api }) =>
    id === undefined
      ? api.DELETE('/api/facts', { params: { query } })
      : api.DELETE('/api/facts/{id}', { params: { path: { id } } }),
  );
  if (json === true) printJson(erased);
  else print(`${erased.facts} facts are erased.`);
}

function row(
  { id, owner: { subject, workflow }, key, text, label, updatedAt, expiresAt }: StoredFact,
  names: Readonly<Record<string, string>>,
): string[] {
  const end = expiresAt === undefined ? 'never' : timeOf(expiresAt);
  return [id, timeOf(updatedAt), label.level, end, workflow, names[subject] ?? subject, key, text];
}
