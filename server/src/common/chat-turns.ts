import { chatInterfaceOf, Message, type LabelledValue, type NewTurn } from '@heddle/core';

type Values = Readonly<Record<string, LabelledValue>>;

/** The question of a run as a chat shows it: the last user message, or a text. Undefined if the run has none. */
export function chatQuestionIn(inputs: Values): NewTurn | undefined {
  const chat = chatInterfaceOf({ inputs: portsOf(inputs), outputs: { answer: { type: 'Text' } } });
  const asked = chat === undefined ? undefined : inputs[chat.input.name];
  const message = asked === undefined ? undefined : questionIn(asked.value);
  return asked === undefined || message === undefined ? undefined : { message, label: asked.label };
}

/** The question and the answer of a run as a chat shows them; empty if the run is not a chat. */
export function chatTurnsOf(inputs: Values, outputs: Values): readonly NewTurn[] {
  const question = chatQuestionIn(inputs);
  const chat = chatInterfaceOf({ inputs: portsOf(inputs), outputs: portsOf(outputs) });
  const answer = chat === undefined ? undefined : outputs[chat.output];
  if (question === undefined || answer === undefined || typeof answer.value !== 'string') return [];
  return [question, { message: { role: 'assistant', content: answer.value }, label: answer.label }];
}

/** The last user message among messages, or a text. */
function questionIn(value: unknown): Message | undefined {
  if (typeof value === 'string') return { role: 'user', content: value };
  const last: unknown = Array.isArray(value)
    ? value.findLast((message: unknown) => roleOf(message) === 'user')
    : undefined;
  return Message.safeParse(last).data;
}

const roleOf = (message: unknown): unknown =>
  typeof message === 'object' && message !== null && 'role' in message ? message.role : undefined;

function portsOf(values: Values): Parameters<typeof chatInterfaceOf>[0]['inputs'] {
  return Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => [name, { type: typeOf(value), isOptional: true }]),
  );
}

function typeOf(value: unknown): 'Text' | 'Messages' | 'Number' {
  if (typeof value === 'string') return 'Text';
  return Array.isArray(value) && value.some((message) => roleOf(message) === 'user') ? 'Messages' : 'Number';
}
