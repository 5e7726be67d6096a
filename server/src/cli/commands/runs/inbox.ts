import { HeddleError, isPlainObject, titleOfPath, type ShownRequest, withoutUndefined } from '@heddle/core';
import type { Command } from 'commander';
import { readRequests } from '../../client/runs.js';
import { choiceOf } from '../../request-choice.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import { followRun, report } from './run.js';
import { showNodeProgress } from '../nodes/show-node-progress.js';
import type { JsonOption } from '../parse-argument.js';

interface AnswerOptions extends JsonOption {
  readonly choose?: string;
  readonly value?: string;
  readonly reason?: string;
  readonly hash?: string;
}

/** `heddle inbox`: lists the open human input requests. */
export async function listRequests(
  options: JsonOption & { readonly run?: string; readonly assignee?: string },
  command: Command,
): Promise<void> {
  const { run: runId, assignee } = options;
  const requests = await withClient(command, (client) => readRequests(client, { runId, assignee }));
  if (options.json === true) printJson(requests);
  else print(...table([['run', 'request', 'node', 'for', 'due', 'mark', 'choices', 'question'], ...requests.map(row)]));
}

function row({ runId, requestId, path, titles, mark, question, isBreakpoint = false }: ShownRequest): string[] {
  const { assignee = isBreakpoint ? 'breakpoint' : 'anybody', dueAt, title } = question;
  const due = dueAt === undefined ? '' : new Date(dueAt).toISOString();
  const choices = choiceOf(question)?.options.join(', ') ?? '';
  return [runId, requestId, titleOfPath(path, titles), assignee, due, mark, choices, title];
}

/** `heddle inbox answer`: answers a human input request, and follows its run until it has ended or waits again. */
export async function answerRequest(
  runId: string,
  requestId: string,
  options: AnswerOptions,
  command: Command,
): Promise<void> {
  await withClient(command, async (client) => {
    const request = (await readRequests(client, { runId })).find((open) => open.requestId === requestId);
    // If the request is no longer open, the server's reply says why.
    if (request !== undefined) showRequest(request);
    const value = answerOf(request, options);
    await client.api.POST('/api/runs/{id}/human-inputs/{requestId}', {
      params: { path: { id: runId, requestId } },
      body: { value, reason: options.reason },
    });
    report(await followRun(client, runId, showNodeProgress), options.json === true);
  });
}

/** Prints on standard error what an answer agrees to. */
function showRequest({ question }: ShownRequest): void {
  const { title, details = {} } = question;
  printToStderr(title, ...Object.entries(details).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`));
}

/** The answer to a request, bound to the hash that the question shows. Errors: `usage`, `approval_changed`. */
function answerOf(request: ShownRequest | undefined, { choose, value: given, hash: seen }: AnswerOptions): unknown {
  const value = parsed(given);
  if (!isPlainObject(value)) return value;
  const { hash } = request?.question.details ?? {};
  if (seen !== undefined && seen !== hash)
    throw new HeddleError('approval_changed', 'The question has changed since you saw it: read it again.');
  const property = (request && choiceOf(request.question)?.property) ?? 'choice';
  return {
    ...value,
    ...withoutUndefined({ [property]: choose }),
    ...(typeof hash === 'string' && requestsFor(request, 'hash') ? { hash } : {}),
  };
}

function requestsFor(request: ShownRequest | undefined, name: string): boolean {
  const schema: unknown = request?.question['schema'];
  const properties: unknown = isPlainObject(schema) ? schema['properties'] : undefined;
  return isPlainObject(properties) && Object.hasOwn(properties, name);
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new HeddleError('usage', `--value is not JSON: ${text.slice(0, 80)}`, { cause });
  }
}
