import {
  defineNode,
  HeddleError,
  joinLabels,
  Messages,
  publicLabel,
  Text,
  type Conversation,
  type MemoryTurn,
  type Message,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';

const Config = z.object({
  mode: z
    .enum(['read', 'write'])
    .default('read')
    .meta({ title: 'What it does', labels: { read: 'Reads the conversation', write: 'Adds to it' } }),
  maxTokens: z.int().min(16).max(1_000_000).default(2_000).meta({ title: 'Window in tokens' }),
  maxTurns: z.int().min(1).max(10_000).default(200).meta({ title: 'Max turns' }),
  summarise: z.boolean().default(false).meta({
    title: 'Summarise older turns',
    description: 'With the model, once the conversation is longer than the window. Otherwise they are left out.',
  }),
  model: z.string().min(1).max(256).default('smollm2-135m').meta({
    title: 'Model',
    description: 'Counts tokens and writes the summary.',
    widget: 'model',
    modelKind: 'generate',
  }),
});
type Config = z.infer<typeof Config>;

export const memory = defineNode({
  type: 'memory',
  version: 1,
  category: 'data',
  title: 'Memory',
  summary: 'Reads and keeps a conversation by its session.',
  icon: 'notebook-text',
  role: 'step',
  effects: ['model', 'files'],
  headline: 'mode',
  help: `
Conversations are kept in Heddle's own database. They belong to the project, to this workflow, and to whoever the run is for (a person, a key, an end user, a visitor): the **session** names one of theirs, a topic, say, and never a conversation of somebody else. **Reads** gives the newest turns that fit the window, from something that the user said; **adds** appends messages once, also when the step is repeated. Give it the **turn** of an agent, and the calls of its tools are remembered with their results.

Each turn keeps the label of what it was made from: reading it makes what follows as confidential as it was. With **Summarise**, a model writes a summary of what does not fit any more, which then stands for those turns.
`.trim(),
  config: Config,
  inputs: {
    session: Text.with({ title: 'Session' }),
    messages: Messages.optional().with({ title: 'Messages', help: 'To add, or to come after the conversation.' }),
    reply: Text.optional().with({ title: 'Reply', help: 'What the assistant answered, to add.' }),
  },
  outputs: { messages: Messages },
  example: { config: { mode: 'write' }, inputs: { session: 'ada', messages: [{ role: 'user', content: 'Hello' }] } },
  references: ({ mode, model }) => (mode === 'read' ? [{ kind: 'model', id: model, field: 'model' }] : []),
  async run({ config, inputs, context }) {
    const session = inputs.session.trim();
    if (session === '' || session.length > 512)
      throw new HeddleError('input_empty', 'A session has a name of 1 to 512 characters.');
    const given: readonly Message[] = inputs.messages ?? [];
    if (config.mode === 'write') {
      const added: Message[] = [
        ...given,
        ...(inputs.reply === undefined ? [] : [{ role: 'assistant' as const, content: inputs.reply }]),
      ];
      const { label } = context;
      const store = await context.use('memory');
      await context.step('append', async ({ idempotencyKey }) => {
        await store.append(
          session,
          added.map((message) => ({ message, label })),
          { idempotencyKey },
        );
        return added.length;
      });
      return { messages: added };
    }
    return { messages: [...(await read(session, config, context)), ...given] };
  },
});

async function read(session: string, config: Config, context: NodeContext): Promise<readonly Message[]> {
  const store = await context.use('memory');
  const conversation = await store.read(session, config.summarise ? {} : { limit: config.maxTurns });
  const model = await context.use('languageModel', config.model);
  const all = conversation.turns.slice(-config.maxTurns);
  raiseTo(conversation, all, context);
  const kept = fromUser(await fitting(all, config.maxTokens, (messages) => model.countTokens(messages)));
  const left = conversation.turns.slice(0, conversation.turns.length - kept.length);
  if (left.length === 0) return [...summaryMessage(conversation.summary?.text), ...messagesOf(kept)];
  if (!config.summarise) {
    context.decide({ kind: 'memory', summary: `${left.length} older turns do not fit the window and were left out.` });
    return [...summaryMessage(conversation.summary?.text), ...messagesOf(kept)];
  }
  raiseTo(conversation, left, context);
  const { label } = context;
  const text = await context.step('summary', async ({ signal, idempotencyKey }) => {
    let written = conversation.summary?.text ?? '';
    // Piece by piece: what is left may be longer than the model reads at once.
    for (const part of await parts(left, Math.floor(model.info.contextTokens / 3), (m) => model.countTokens(m))) {
      const before = written === '' ? '' : `Summary so far:\n${written}\n\n`;
      const request = {
        messages: [
          {
            role: 'user' as const,
            content: `${before}Conversation:\n${part}\n\nSummarise all of it in a few sentences. Keep names, numbers and decisions.`,
          },
        ],
        maxTokens: Math.min(400, Math.floor(model.info.contextTokens / 4)),
        temperature: 0,
      };
      let next = '';
      for await (const event of model.generate(request, {
        signal,
        idempotencyKey: `${idempotencyKey}-${written.length}-${part.length}`,
      }))
        if (event.type === 'text') next += event.text;
      written = next.trim() === '' ? written : next.trim();
    }
    if (written !== '') await store.summarise(session, { text: written, label, turns: left.length });
    return written;
  });
  context.decide({ kind: 'memory', summary: `${left.length} older turns became a summary.` });
  return [...summaryMessage(text), ...messagesOf(kept)];
}

function raiseTo({ summary }: Conversation, turns: readonly MemoryTurn[], context: NodeContext): void {
  context.raise(turns.reduce((label, turn) => joinLabels(label, turn.label), summary?.label ?? publicLabel));
}

/** The most of the newest turns that fit; halving finds them with few counts. */
async function fitting(
  turns: readonly MemoryTurn[],
  most: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<readonly MemoryTurn[]> {
  let [fits, tooMany] = [0, turns.length + 1];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if ((await count(messagesOf(turns.slice(turns.length - middle)))) <= most) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? [] : turns.slice(-fits);
}

/**
 * Turns from the first that a person said: results without their calls are refused by providers, and many models want the user
 * to begin. Where nobody said anything, only results at the beginning go.
 */
function fromUser(turns: readonly MemoryTurn[]): readonly MemoryTurn[] {
  const firstOf = (roles: readonly Message['role'][]): number =>
    turns.findIndex(({ message }) => roles.includes(message.role));
  const first = [firstOf(['user', 'system']), firstOf(['assistant'])].find((index) => index >= 0);
  return first === undefined ? [] : turns.slice(first);
}

/** The turns as texts that a model can read, each at most so long. */
async function parts(
  turns: readonly MemoryTurn[],
  most: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<readonly string[]> {
  const made: string[] = [];
  let [lines, tokens]: [string[], number] = [[], 0];
  for (const { message } of turns) {
    const said = typeof message.content === 'string' ? message.content : '(parts)';
    const line = `${message.role}: ${said.slice(0, most * 2)}`;
    const size = await count([{ role: 'user', content: line }]);
    if (lines.length > 0 && tokens + size > most) {
      made.push(lines.join('\n'));
      [lines, tokens] = [[], 0];
    }
    lines.push(line);
    tokens += size;
  }
  return lines.length === 0 ? made : [...made, lines.join('\n')];
}

const messagesOf = (turns: readonly MemoryTurn[]): readonly Message[] => turns.map(({ message }) => message);
const summaryMessage = (text: string | undefined): readonly Message[] =>
  text === undefined || text === '' ? [] : [{ role: 'system', content: `What was said before: ${text}` }];
