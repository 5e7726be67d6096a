import { canonicalJson, Message, textOf, type TrainingFormat } from '@heddle/core';
import type { RunContents } from '../contents-of-run.js';

/** A chat message in the format of training files. */
interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

/** How people judged the answer: corrected it, found it good, or compared it with another one. */
export type ExampleSource = 'corrected' | 'good' | 'compared';

/** An example before it is formatted as a line of a training set. */
export interface TrainingExample {
  readonly source: ExampleSource;
  readonly prompt: readonly ChatMessage[];
  readonly chosen: string;
  /** The worse answer of a preference. */
  readonly rejected?: string | undefined;
}

/** The input of a run as a chat: its messages, its only text, or all inputs as JSON. */
export function promptOf({ inputs }: Pick<RunContents, 'inputs'>, system: string | undefined): readonly ChatMessage[] {
  const first: readonly ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  const values = Object.values(inputs);
  const messages = values.map(messagesOf).find((found) => found !== undefined);
  if (messages !== undefined)
    return [...first, ...messages.filter(({ role }) => system === undefined || role !== 'system')];
  const [only, ...others] = values;
  return [...first, { role: 'user', content: others.length === 0 ? textOf(only) : textOf(inputs) }];
}

/** The answer of a run: its only output, its only text, or all outputs as JSON; undefined without an answer. */
export function answerOf({ outputs }: Pick<RunContents, 'outputs'>): string | undefined {
  const values = Object.values(outputs);
  const texts = values.filter((value) => typeof value === 'string');
  const [only] =
    values.length === 1 ? values : texts.length === 1 ? texts : [values.length === 0 ? undefined : outputs];
  const text = only === undefined ? '' : textOf(only);
  return text.trim() === '' ? undefined : text;
}

/** Formats an example as a line; undefined if the format cannot express it. */
export function lineOf(
  format: TrainingFormat,
  { source, prompt, chosen, rejected }: TrainingExample,
): string | undefined {
  const answer = (content: string): ChatMessage => ({ role: 'assistant', content });
  if (format === 'preferences')
    return rejected === undefined
      ? undefined
      : JSON.stringify({ prompt, chosen: [answer(chosen)], rejected: [answer(rejected)] });
  const messages = [...prompt, answer(chosen)];
  return JSON.stringify(format === 'openai' ? { messages } : { messages, source });
}

/** Whether two runs have the same input. */
export const isSameQuestion = (a: Pick<RunContents, 'inputs'>, b: Pick<RunContents, 'inputs'>): boolean =>
  canonicalJson(a.inputs) === canonicalJson(b.inputs);

const partText = (part: object): string => ('text' in part && typeof part.text === 'string' ? part.text : '');

function messagesOf(value: unknown): readonly ChatMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const read = value.map((one) => Message.safeParse(one).data);
  const known = read.flatMap((message) => message ?? []);
  if (known.length !== value.length) return undefined;
  return known.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map(partText).join(''),
  }));
}
