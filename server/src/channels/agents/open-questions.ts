import {
  authorise,
  isAtMost,
  isPlainObject,
  type Clock,
  type LabelLevel,
  type OpenRequest,
  type Principal,
} from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';
import { inboxLink } from '../../human-inputs/inbox-link.js';
import { questionLevel } from '../../human-inputs/question-level.js';
import type { RunService } from '../../runs/run.service.js';

interface QuestionSources {
  readonly runs: Pick<RunService, 'mayAnswer'>;
  readonly ownership: Ownership;
  readonly clock: Clock;
}

/**
 * Whether a channel shows a question of a run to its caller, who may then answer it there. The caller must also have the right to answer it
 * in the inbox, and its text must be within the clearance of replies.
 */
export async function isAskedHere(
  request: OpenRequest,
  replyClearance: LabelLevel,
  principal: Principal,
  { runs, ownership, clock }: QuestionSources,
): Promise<boolean> {
  if (!isAtMost(questionLevel(request), replyClearance)) return false;
  const run = await ownership.resourceOf('run', request.runId, principal);
  if (authorise(principal, 'human-input:answer', run, clock.now()) !== 'allowed') return false;
  return runs.mayAnswer(request, principal);
}

/** The text of a question: its title, and its body below. */
export const textOfQuestion = ({ title, body = '' }: OpenRequest['question']): string =>
  [title, body].filter((text) => text !== '').join('\n\n');

/** The JSON schema of an answer. If the question has buttons, the member `choice` names the pressed one. */
export function answerSchemaOf({ schema, buttons = [] }: OpenRequest['question']): Readonly<Record<string, unknown>> {
  if (buttons.length === 0) return schema;
  const properties = isPlainObject(schema['properties']) ? schema['properties'] : {};
  const choice = { title: 'Choice', oneOf: buttons.map(({ id, title }) => ({ const: id, title })) };
  return { ...schema, type: 'object', properties: { ...properties, choice: { type: 'string', ...choice } } };
}

/** The message for a caller who may not answer the question that the run waits for. */
export const answeredElsewhere = (runId: string, requestId: string, publicUrl: string): string =>
  `The run ${runId} waits for a person and goes on later. Answer it at ${inboxLink(publicUrl, runId, requestId)}`;
