import { HeddleError, isPlainObject, titleOfPath, type ShownAsk } from '@heddle/core';
import type { Command } from 'commander';
import { choiceOf } from '../ask-choice.js';
import { print, printJson, say, table } from '../output.js';
import { withClient } from './context.js';
import { followRun, report } from './run.js';
import { sayNode } from './say-node.js';

interface JsonOption {
  readonly json?: true;
}

export interface AnswerOptions extends JsonOption {
  readonly choose?: string;
  readonly value?: string;
  readonly reason?: string;
  readonly hash?: string;
}

/** `heddle asks`: the questions that wait for a person. */
export async function listAsks(
  options: JsonOption & { readonly run?: string; readonly assignee?: string },
  command: Command,
): Promise<void> {
  const { run: runId, assignee } = options;
  const asks = await withClient(command, (client) =>
    client.asks({ ...(runId === undefined ? {} : { runId }), ...(assignee === undefined ? {} : { assignee }) }),
  );
  if (options.json === true) printJson(asks);
  else print(...table([['run', 'question', 'node', 'for', 'due', 'mark', 'choices', 'asks'], ...asks.map(row)]));
}

function row({ runId, askId, path, titles, mark, question }: ShownAsk): string[] {
  const { assignee = 'anybody', dueAt, title } = question;
  const due = dueAt === undefined ? '' : new Date(dueAt).toISOString();
  const choices = choiceOf(question)?.options.join(', ') ?? '';
  return [runId, askId, titleOfPath(path, titles), assignee, due, mark, choices, title];
}

/** `heddle asks answer`: answers a question and follows its run until it has ended or waits again. */
export async function answerAsk(runId: string, askId: string, options: AnswerOptions, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    const ask = (await client.asks({ runId })).find((open) => open.askId === askId);
    // Of one that is not open any more, the server knows why.
    if (ask !== undefined) showAsk(ask);
    const value = answerOf(ask, options);
    await client.answer(runId, askId, { value, ...(options.reason === undefined ? {} : { reason: options.reason }) });
    report(await followRun(client, runId, sayNode), options.json === true);
  });
}

/** What is agreed to, on standard error. */
function showAsk({ question }: ShownAsk): void {
  const { title, details = {} } = question;
  say(title, ...Object.entries(details).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`));
}

/** The answer binds to the hash that the question shows. Errors: `usage`, `approval_changed`. */
function answerOf(ask: ShownAsk | undefined, { choose, value: given, hash: seen }: AnswerOptions): unknown {
  const value = parsed(given);
  if (!isPlainObject(value)) return value;
  const { hash } = ask?.question.details ?? {};
  if (seen !== undefined && seen !== hash)
    throw new HeddleError('approval_changed', 'The question is about something else than you saw: look at it again.');
  return {
    ...value,
    ...(choose === undefined ? {} : { [(ask && choiceOf(ask.question)?.property) ?? 'choice']: choose }),
    ...(typeof hash === 'string' && asksFor(ask, 'hash') ? { hash } : {}),
  };
}

function asksFor(ask: ShownAsk | undefined, name: string): boolean {
  const schema: unknown = ask?.question['schema'];
  const properties: unknown = isPlainObject(schema) ? schema['properties'] : undefined;
  return isPlainObject(properties) && Object.hasOwn(properties, name);
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HeddleError('usage', `--value is no JSON: ${text.slice(0, 80)}`, { cause });
  }
}
