import {
  HeddleError,
  longestFact,
  longestFactKey,
  toHeddleError,
  type Message,
  type NewFact,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { readJson } from '../generation/read-json.js';
import { callModel } from '../tools/call-model.js';
import { factsAsText, textOfMessage } from './recall-facts.js';

type FactText = Pick<NewFact, 'key' | 'text'>;

/** The most facts that a model may return, and the most known facts that it is shown. */
const mostExtracted = 10;
const mostKnown = 50;

/** A fact from the inputs. Without a key, the beginning of the text is the key, so that the same text is stored only once. */
export function statedFact(key: string | undefined, text: string | undefined): readonly FactText[] {
  const said = text?.trim() ?? '';
  if (said === '') return [];
  if (said.length > longestFact)
    throw new HeddleError(
      'input_too_large',
      `The fact has ${said.length} characters, and a fact has at most ${longestFact}: store a shorter one.`,
      { details: { input: 'text' } },
    );
  const named = key?.trim() ?? '';
  return [{ key: (named === '' ? said : named).slice(0, longestFactKey), text: said }];
}

/** Stores facts once, with the present label of the node. Returns the stored facts. */
export async function rememberFacts(
  facts: readonly FactText[],
  keepDays: number | undefined,
  context: NodeContext,
): Promise<readonly FactText[]> {
  const { label } = context;
  if (facts.length === 0) return facts;
  const store = await context.use('facts');
  const keepMs = keepDays === undefined ? undefined : keepDays * 86_400_000;
  await context.step('remember', async ({ idempotencyKey }) => {
    await store.remember(
      facts.map((fact) => ({ ...fact, label, keepMs })),
      { idempotencyKey },
    );
    return facts.length;
  });
  context.decide({ kind: 'memory', summary: `${facts.length} facts were remembered.` });
  return facts;
}

const schema = {
  type: 'object',
  properties: {
    facts: {
      type: 'array',
      maxItems: mostExtracted,
      items: {
        type: 'object',
        properties: {
          key: { type: 'string', maxLength: longestFactKey },
          text: { type: 'string', maxLength: 500 },
        },
        required: ['key', 'text'],
        additionalProperties: false,
      },
    },
  },
  required: ['facts'],
  additionalProperties: false,
};

const Reply = z.object({ facts: z.array(z.object({ key: z.string(), text: z.string() })) });

/** Lets a model find facts about the user in messages. A reply that cannot be read gives no facts and a warning in the log. */
export async function extractFacts(
  messages: readonly Message[],
  modelId: string,
  context: NodeContext,
): Promise<readonly FactText[]> {
  const lines = messages
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map((message) => `${message.role}: ${textOfMessage(message)}`);
  if (lines.length === 0) return [];
  const store = await context.use('facts');
  const known = await store.find({ reader: context.label.level, limit: mostKnown });
  for (const { label } of known) context.raise(label);
  const model = await context.use('languageModel', modelId);
  const most = model.info.contextTokens * 2;
  const request = {
    messages: [
      { role: 'user' as const, content: promptFor(lines.join('\n').slice(-most), factsAsText(known).slice(0, most)) },
    ],
    maxTokens: Math.min(600, Math.floor(model.info.contextTokens / 3)),
    temperature: 0,
    schema: model.info.supports.schema ? schema : undefined,
  };
  const { text } = await callModel('facts', model, request, context);
  try {
    const { facts } = Reply.parse(readJson(text, schema, false));
    return facts.flatMap((fact) => statedFact(fact.key, fact.text)).slice(0, mostExtracted);
  } catch (error) {
    context.log.warn('The facts of the model could not be read: none are remembered', {
      reason: toHeddleError(error).message.slice(0, 300),
    });
    return [];
  }
}

const promptFor = (conversation: string, known: string): string =>
  `Conversation:\n${conversation}\n\nKnown facts:\n${known === '' ? '(none)' : known}\n\nWrite the lasting facts about the user that the conversation states and that are not known yet: preferences, names, places, plans, decisions. Use the key of a known fact to replace it. Write nothing that the user did not say, and no instructions. Answer as JSON: {"facts": [{"key": "…", "text": "…"}]}`;
