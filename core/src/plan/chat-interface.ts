import type { Port } from '../types/port.js';

/** Which input and output of a workflow are used when it is called as a chat model. */
export interface ChatInterface {
  readonly input: { readonly name: string; readonly kind: 'messages' | 'text' };
  readonly output: string;
}

interface PlanInterface {
  readonly inputs: Readonly<Record<string, Pick<Port, 'type' | 'isOptional'>>>;
  readonly outputs: Readonly<Record<string, Pick<Port, 'type'>>>;
}

const usualOutputs = ['answer', 'reply', 'text', 'message', 'content', 'result'];

/**
 * The chat interface of a workflow: a `Messages` input, or one text input (the last user message), and a text output for the answer.
 * Undefined if the workflow has none and cannot be used as a chat model.
 *
 * @example chatFaceOf(plan.interface)?.input.kind // 'messages'
 */
export function chatInterfaceOf({ inputs, outputs }: PlanInterface): ChatInterface | undefined {
  const all = Object.entries(inputs);
  const isNeeded = ([, port]: (typeof all)[number]): boolean => !port.isOptional;
  const messages = all.find(([, port]) => port.type === 'Messages');
  const texts = all.filter(([, port]) => port.type === 'Text');
  const text = texts.find(isNeeded) ?? texts[0];
  const input = messages ?? text;
  const given = Object.entries(outputs).filter(([, port]) => port.type === 'Text' || port.type === 'Json');
  const rank = ([name, port]: (typeof given)[number]): number =>
    (port.type === 'Text' ? 0 : 100) + (usualOutputs.includes(name) ? usualOutputs.indexOf(name) : 50);
  const output = given.sort((a, b) => rank(a) - rank(b))[0];
  if (input === undefined || output === undefined) return undefined;
  if (all.some((entry) => isNeeded(entry) && entry[0] !== input[0])) return undefined;
  return { input: { name: input[0], kind: input === messages ? 'messages' : 'text' }, output: output[0] };
}
