import { AssignConversationRequest, HeddleError, type StoredConversation } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../output.js';
import { readTime } from '../read-time.js';
import { parseArgument, type JsonOption } from './parse-argument.js';
import { withClient } from './context.js';
import { timeOf } from './channels/channels.js';
import { addressOf } from '@heddle/core/api-client';

/** Options that select conversations. */
export interface ConversationOptions {
  readonly project?: string;
  readonly workflow?: string;
  readonly subject?: string;
  readonly search?: string;
  readonly unassigned?: true;
}

const queryOf = ({ unassigned, ...filters }: ConversationOptions) => ({
  ...filters,
  unassigned: unassigned === true ? ('true' as const) : undefined,
});

/** `heddle conversations list`. */
export async function listConversations(
  { limit, json, ...filters }: ConversationOptions & JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const { conversations, names } = await withClient(command, ({ api }) =>
    api.GET('/api/conversations', { params: { query: { ...queryOf(filters), limit } } }),
  );
  if (json === true) printJson(conversations);
  else if (conversations.length === 0) print('There is no such conversation.');
  else
    print(
      ...table([
        ['id', 'written', 'turns', 'label', 'workflow', 'with', 'title'],
        ...conversations.map((conversation) => row(conversation, names)),
      ]),
    );
}

/** `heddle conversations show`. */
export async function showConversation(
  id: string,
  { limit, json }: JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const found = await withClient(command, ({ api }) =>
    api.GET('/api/conversations/{id}', { params: { path: { id }, query: { limit } } }),
  );
  if (json === true) {
    printJson(found);
    return;
  }
  if (found.summary !== undefined) print(`summary (${found.summary.label.level}): ${found.summary.text}`);
  for (const { message, label, time } of found.said) {
    const text = typeof message.content === 'string' ? message.content : JSON.stringify(message.content);
    print(`${timeOf(time)}  ${message.role} (${label.level}): ${text}`);
  }
}

/** `heddle conversations export`: writes conversations as lines to standard output. */
export async function exportConversations(filters: ConversationOptions, command: Command): Promise<void> {
  await withClient(command, async ({ request }) => {
    const { body } = await request('GET', addressOf('/api/conversations/export', { query: queryOf(filters) }));
    for await (const lines of body?.pipeThrough(new TextDecoderStream()) ?? []) process.stdout.write(lines);
  });
}

/** `heddle conversations erase`: erases one conversation by its id, or those that match the filters. */
export async function eraseConversations(
  id: string | undefined,
  { before, json, ...filters }: ConversationOptions & JsonOption & { readonly before?: string },
  command: Command,
): Promise<void> {
  const time = readTime(before, '--before');
  const query = { ...queryOf(filters), before: time };
  if ((id === undefined) === Object.values(query).every((value) => value === undefined))
    throw new HeddleError('usage', 'Say what to erase: the id of a conversation, or options that name several.');
  const erased = await withClient(command, ({ api }) =>
    id === undefined
      ? api.DELETE('/api/conversations', { params: { query } })
      : api.DELETE('/api/conversations/{id}', { params: { path: { id } } }),
  );
  if (json === true) printJson(erased);
  else print(`${erased.conversations} conversations with ${erased.turns} turns are erased.`);
}

/** `heddle conversations assign`. */
export async function assignConversation(
  id: string,
  { json, ...given }: JsonOption & { readonly project: string; readonly workflow: string; readonly subject: string },
  command: Command,
): Promise<void> {
  const owner = parseArgument(AssignConversationRequest, given, 'The owner');
  await withClient(command, ({ api }) =>
    api.POST('/api/conversations/{id}/assign', { params: { path: { id } }, body: owner }),
  );
  if (json === true) printJson({ id, owner });
  else print(`The conversation belongs to ${owner.subject} in ${owner.workflow} of the project ${owner.project}.`);
}

function row(
  { id, owner, title = '', turns, level, updatedAt }: StoredConversation,
  names: Readonly<Record<string, string>>,
): string[] {
  const { workflow = '', subject = '(nobody)' } = owner ?? {};
  return [id, timeOf(updatedAt), String(turns), level, workflow, names[subject] ?? subject, title];
}
