import {
  defineNode,
  joinLabels,
  Json,
  LabelLevel,
  Messages,
  publicLabel,
  Text,
  usualEmbedder,
  type Conversation,
  type DynamicPorts,
  type MemoryTurn,
  type Message,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';
import { factsAsText, factsMessage, lastQuestion, recallFacts } from './recall-facts.js';
import { extractFacts, rememberFacts, statedFact } from './remember-facts.js';

const Config = z.object({
  mode: z
    .enum(['read', 'write', 'recall', 'remember'])
    .default('read')
    .meta({
      basic: true,
      title: 'Operation',
      labels: {
        read: 'Read the conversation',
        write: 'Add messages',
        recall: 'Recall facts',
        remember: 'Remember facts',
      },
    }),
  maxTokens: z.int().min(16).max(1_000_000).default(2_000).meta({ basic: true, title: 'Window in tokens' }),
  maxTurns: z.int().min(1).max(10_000).default(200).meta({ title: 'Max turns' }),
  summarise: z.boolean().default(false).meta({
    title: 'Summarise older turns',
    description: 'By the model, if the conversation exceeds the window. Otherwise older turns are left out.',
  }),
  model: z.string().min(1).max(256).default('smollm2-135m').meta({
    basic: true,
    title: 'Model',
    description: 'Counts tokens, writes the summary and extracts facts.',
    widget: 'model',
    modelKind: 'generate',
  }),
  maxFacts: z.int().min(1).max(100).default(8).meta({ basic: true, title: 'Max facts', description: 'To recall.' }),
  embedder: z.string().min(1).max(256).default(usualEmbedder).meta({
    title: 'Embedding model',
    description: 'Finds the facts that are nearest to the question.',
    widget: 'model',
    modelKind: 'embed',
  }),
  reads: LabelLevel.default('public').meta({
    title: 'Recalls up to',
    description:
      'The highest label of the facts that are recalled, at least the label of the question. The outputs carry this label.',
    labels: {
      public: 'The label of the question',
      internal: 'Internal',
      confidential: 'Confidential',
      restricted: 'Restricted',
    },
  }),
  extract: z.boolean().default(false).meta({
    title: 'Extract facts',
    description: 'The model finds the facts to remember in the messages and the reply.',
  }),
  keepDays: z.int().min(1).max(36_500).optional().meta({
    title: 'Days to keep a fact',
    description: 'Empty: until it is erased.',
  }),
});
type Config = z.infer<typeof Config>;

export const memory = defineNode({
  type: 'memory',
  version: 2,
  category: 'data',
  title: 'Memory',
  summary: 'Reads and stores the conversation of the run, and long-term facts about its user.',
  icon: 'notebook-text',
  keywords: listOf(`
      history, chat memory, chat history, conversation, conversation history, session, remember, recall, context,
      buffer memory, state, persistence, messages, facts, long-term memory, working memory, semantic recall, user profile,
      personalisation, store
    `),
  role: 'step',
  effects: ['model', 'files'],
  headline: 'mode',
  help: `
Conversations are stored in Heddle's own database. They belong to the project, to this workflow and to the subject of the run (a user, a key, an end user, an anonymous user). The caller of a run names its **thread**; a run that names none begins one. No input can name a thread. **Read** returns the newest turns that fit into the window, starting with a user message; **add** appends messages once, also when the step is repeated. Connect the **turn** of an agent to store the calls of its tools with their results. A run on a thread that adds nothing itself has its question and answer added at its end.

Each turn keeps its label: reading it raises the label of the outputs. With **Summarise older turns**, a model summarises the turns that no longer fit, and the summary replaces them.

**Facts** stay when a thread ends: all threads of the subject on this workflow share them. **Remember** stores **text** under **key**, and replaces the fact of that key; with **Extract facts**, a model finds facts in the messages and the reply. **Recall** finds the facts that are nearest to the **question**, or to the newest user message, within **Max facts** and the window. It returns them as **facts** and **text**, and before the messages as a system message. A fact keeps its label and is never recalled above *Recalls up to*. People see, edit and erase facts on the page *Conversations*. Runs of experiments have no facts.
`.trim(),
  config: Config,
  usesThread: true,
  formerInputs: {
    session:
      'A run continues the thread that its caller names, and inputs cannot name one: see the header Heddle-Thread of the API.',
  },
  ports: ({ mode }) => factPorts[mode] ?? {},
  keepsFacts: ({ mode }) => mode === 'remember',
  labelOf: ({ mode, reads }) => (mode === 'recall' ? reads : undefined),
  inputs: {
    messages: Messages.optional().with({ title: 'Messages', help: 'To add, or to follow the conversation.' }),
    reply: Text.optional().with({ title: 'Reply', help: 'The answer of the assistant, to add.' }),
  },
  outputs: { messages: Messages },
  example: { config: { mode: 'write' }, inputs: { messages: [{ role: 'user', content: 'Hello' }] } },
  references: ({ mode, model, embedder, extract }) => [
    ...(mode === 'write' || (mode === 'remember' && !extract)
      ? []
      : [{ kind: 'model' as const, id: model, field: 'model' }]),
    ...(mode === 'recall' ? [{ kind: 'embedder' as const, id: embedder, field: 'embedder' }] : []),
  ],
  async run({ config, inputs, context }) {
    const given: readonly Message[] = inputs.messages ?? [];
    const added: Message[] = [
      ...given,
      ...(inputs.reply === undefined ? [] : [{ role: 'assistant' as const, content: inputs.reply }]),
    ];
    if (config.mode === 'recall') {
      const found = await recallFacts(textIn(inputs['question']) ?? lastQuestion(given), config, context);
      const facts = found.map(({ key, text }) => ({ key, text }));
      return { messages: [...factsMessage(found), ...given], facts, text: factsAsText(found) };
    }
    if (config.mode === 'remember') {
      const stated = statedFact(textIn(inputs['key']), textIn(inputs['text']));
      const extracted = config.extract ? await extractFacts(added, config.model, context) : [];
      const facts = await rememberFacts([...stated, ...extracted], config.keepDays, context);
      return { messages: added, facts };
    }
    if (config.mode === 'write') {
      const { label } = context;
      const store = await context.use('memory');
      await context.step('append', async ({ idempotencyKey }) => {
        await store.append(
          added.map((message) => ({ message, label })),
          { idempotencyKey },
        );
        return added.length;
      });
      return { messages: added };
    }
    return { messages: [...(await read(config, context)), ...given] };
  },
});

const factPorts: Readonly<Partial<Record<Config['mode'], DynamicPorts>>> = {
  recall: {
    inputs: {
      question: Text.optional().with({ title: 'Question', help: 'What to find. Without it, the newest user message.' }),
    },
    outputs: { facts: Json.with({ title: 'Facts' }), text: Text.with({ title: 'Text', help: 'One fact a line.' }) },
  },
  remember: {
    inputs: {
      key: Text.optional().with({ title: 'Key', help: 'What the fact is about. It replaces the fact of this key.' }),
      text: Text.optional().with({ title: 'Text', help: 'The fact to remember.' }),
    },
    outputs: { facts: Json.with({ title: 'Facts', help: 'What was remembered.' }) },
  },
};

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function read(config: Config, context: NodeContext): Promise<readonly Message[]> {
  const store = await context.use('memory');
  const conversation = await store.read(config.summarise ? {} : { limit: config.maxTurns });
  const model = await context.use('languageModel', config.model);
  const all = conversation.turns.slice(-config.maxTurns);
  raiseTo(conversation, all, context);
  const kept = fromUser(await fitting(all, config.maxTokens, (messages) => model.countTokens(messages)));
  const left = conversation.turns.slice(0, conversation.turns.length - kept.length);
  if (left.length === 0) return [...summaryMessage(conversation.summary?.text), ...messagesOf(kept)];
  if (!config.summarise) {
    context.decide({
      kind: 'memory',
      summary: `${left.length} older turns do not fit into the window and were left out.`,
    });
    return [...summaryMessage(conversation.summary?.text), ...messagesOf(kept)];
  }
  raiseTo(conversation, left, context);
  const { label } = context;
  const text = await context.step('summary', async ({ signal, idempotencyKey }) => {
    let written = conversation.summary?.text ?? '';
    // In parts, because the rest may be longer than the context of the model.
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
    if (written !== '') await store.summarise({ text: written, label, turns: left.length });
    return written;
  });
  context.decide({ kind: 'memory', summary: `${left.length} older turns were summarised.` });
  return [...summaryMessage(text), ...messagesOf(kept)];
}

function raiseTo({ summary }: Conversation, turns: readonly MemoryTurn[], context: NodeContext): void {
  context.raise(turns.reduce((label, turn) => joinLabels(label, turn.label), summary?.label ?? publicLabel));
}

/** As many of the newest turns as fit. The binary search needs only few token counts. */
async function fitting(
  turns: readonly MemoryTurn[],
  most: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<readonly MemoryTurn[]> {
  let fits = 0;
  let tooMany = turns.length + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if ((await count(messagesOf(turns.slice(turns.length - middle)))) <= most) fits = middle;
    else tooMany = middle;
  }
  return fits === 0 ? [] : turns.slice(-fits);
}

/**
 * The turns from the first user message on. Providers refuse tool results without their calls, and many models expect a user message first.
 * If there is no user message, only tool results at the start are removed.
 */
function fromUser(turns: readonly MemoryTurn[]): readonly MemoryTurn[] {
  const firstOf = (roles: readonly Message['role'][]): number =>
    turns.findIndex(({ message }) => roles.includes(message.role));
  const first = [firstOf(['user', 'system']), firstOf(['assistant'])].find((index) => index >= 0);
  return first === undefined ? [] : turns.slice(first);
}

/** The turns as texts for a model, each at most `most` tokens long. */
async function parts(
  turns: readonly MemoryTurn[],
  most: number,
  count: (messages: readonly Message[]) => Promise<number>,
): Promise<readonly string[]> {
  const made: string[] = [];
  let lines: string[] = [];
  let tokens = 0;
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
