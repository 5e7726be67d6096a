import type { Port } from '../types/port.js';

/** The input that receives the user's messages. */
interface ChatInput {
  readonly name: string;
  readonly kind: 'messages' | 'text';
}

/** Which input and output of a workflow are used when it is called as a chat model. */
export interface ChatInterface {
  readonly input: ChatInput;
  readonly output: string;
}

type Inputs = Readonly<Record<string, Pick<Port, 'type' | 'isOptional'>>>;
type Outputs = Readonly<Record<string, Pick<Port, 'type'>>>;

interface PlanInterface {
  readonly inputs: Inputs;
  readonly outputs: Outputs;
}

const usualOutputs = ['answer', 'reply', 'text', 'message', 'content', 'result'];

/** A `Messages` input, or else one text input, a required one first. @example chatInputOf(plan.interface.inputs)?.kind // 'messages' */
export function chatInputOf(inputs: Inputs): ChatInput | undefined {
  const all = Object.entries(inputs);
  const messages = all.find(([, port]) => port.type === 'Messages');
  const texts = all.filter(([, port]) => port.type === 'Text');
  const input = messages ?? texts.find(([, port]) => !port.isOptional) ?? texts[0];
  return input === undefined ? undefined : { name: input[0], kind: input === messages ? 'messages' : 'text' };
}

/** The output with the answer: a text, or else JSON, with a usual name first. @example chatOutputOf(plan.interface.outputs) // 'answer' */
export function chatOutputOf(outputs: Outputs): string | undefined {
  const given = Object.entries(outputs).filter(([, port]) => port.type === 'Text' || port.type === 'Json');
  const rank = ([name, port]: (typeof given)[number]): number =>
    (port.type === 'Text' ? 0 : 100) + (usualOutputs.includes(name) ? usualOutputs.indexOf(name) : 50);
  return given.sort((a, b) => rank(a) - rank(b))[0]?.[0];
}

/**
 * The chat interface of a workflow: a `Messages` input, or one text input (the last user message), and a text output for the answer.
 * Undefined if the workflow has none and cannot be used as a chat model.
 *
 * @example chatInterfaceOf(plan.interface)?.input.kind // 'messages'
 */
export function chatInterfaceOf({ inputs, outputs }: PlanInterface): ChatInterface | undefined {
  const input = chatInputOf(inputs);
  const output = chatOutputOf(outputs);
  if (input === undefined || output === undefined) return undefined;
  const needsMore = Object.entries(inputs).some(([name, port]) => !port.isOptional && name !== input.name);
  return needsMore ? undefined : { input, output };
}
