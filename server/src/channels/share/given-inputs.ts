import { HeddleError, issueInLists, type Port } from '@heddle/core';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ShareInterface } from './share-interface.js';

/** The messages that an anonymous user may send: roles user and assistant, never system or tool. */
const Talk = z
  .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string() }))
  .min(1)
  .max(1_000);

/**
 * The inputs of a run from an anonymous user: only declared inputs, messages without privileged roles, and the conversation, which the
 * server fills in.
 * Errors: `input_unknown`, `input_type`.
 */
export function givenInputs(
  { visible, sessions, chat }: ShareInterface,
  sent: Readonly<Record<string, unknown>>,
  about: { readonly conversation: string; readonly channel: string },
): Readonly<Record<string, unknown>> {
  const inputs = new Map<string, unknown>();
  for (const [name, value] of Object.entries(sent)) {
    const port = Object.hasOwn(visible.inputs, name) ? visible.inputs[name] : undefined;
    if (port === undefined)
      throw new HeddleError('input_unknown', `The page has no field '${name.slice(0, 80)}'.`, {
        details: { input: name.slice(0, 80) },
      });
    checkTalk(name, port, value);
    inputs.set(name, value);
  }
  const files = chat?.files;
  if (files?.isMany === true && !inputs.has(files.input) && visible.inputs[files.input]?.isOptional !== true)
    inputs.set(files.input, []);
  for (const name of sessions) inputs.set(name, conversationOf(about));
  return Object.fromEntries(inputs);
}

function checkTalk(name: string, port: Port, value: unknown): void {
  if (value === null || value === undefined || !port.type.startsWith('Messages')) return;
  if (issueInLists(Talk, value) === undefined && Talk.safeParse(value).success) return;
  throw new HeddleError('input_type', `'${name}' must be text messages of user and assistant.`, {
    details: { input: name },
  });
}

/** The conversation of this link and this user. A request cannot name a conversation of another link or application. */
function conversationOf({
  conversation,
  channel,
}: {
  readonly conversation: string;
  readonly channel: string;
}): string {
  return `share:${channel}:${createHash('sha256').update(`${channel} ${conversation}`).digest('base64url')}`;
}
