/** The collection that the workflow searches. */
export const collection = 'chaos';

/** The documents of the collection. */
export const documents = [
  { id: 'warp', text: 'The warp is the set of threads that stand still on the loom.' },
  { id: 'weft', text: 'The weft is the thread that is drawn through the warp.' },
  { id: 'heddle', text: 'A heddle lifts one thread of the warp so that the weft can pass.' },
];

/** The length of a value that is stored as a file: more than 64 KiB. */
const fileSize = 70_000;

/** Writes the letter that a run copies. Every fifth letter is so large that it is stored as a file itself. */
export function letterOf(tag: string): string {
  const isLarge = Number(tag.slice(tag.lastIndexOf('-') + 1)) % 5 === 0;
  return `Dear ${tag}, `.padEnd(isLarge ? fileSize : 20, 'all is well. ');
}

/** The items of the list. */
export const items = ['a', 'b', 'c'] as const;

const text = (name: string) => ({ name, type: 'Text' });
const call = (url: string, run: object = { retry: { attempts: 3, backoffMs: 100 } }) => ({
  type: 'http',
  version: 1,
  config: { method: 'POST', url },
  run,
});

/**
 * A workflow that uses many features: retrieval and a model (or code nodes instead), effects, a node that must not run twice, a list, a
 * loop, a pause, code, and a human input. With `hasFiles`, also values that are stored as files.
 */
export function mixedWorkflow(ledger: string, hasModels: boolean, hasFiles = false) {
  return {
    heddle: 2,
    name: hasModels ? 'Chaos' : 'Chaos without models',
    nodes: {
      who: {
        type: 'input',
        version: 1,
        config: {
          fields: [
            text('tag'),
            text('question'),
            { name: 'ms', type: 'Number' },
            ...(hasFiles ? [text('letter')] : []),
          ],
        },
      },
      ...(hasFiles ? withFiles(ledger) : {}),
      ...(hasModels ? withModels : withoutModels),
      effect: call(`${ledger}/{{ tag }}/effect?ms={{ ms }}`),
      once: call(`${ledger}/{{ tag }}/once?ms=30`, { atMostOnce: true }),
      tell: { ...tell, config: { ...tell.config, url: `${ledger}/{{ tag }}/tell` } },
      plan: { type: 'code', version: 1, config: { code: `return ${JSON.stringify(items)};` } },
      shared: { type: 'set', version: 1, config: { value: { tag: '{{ tag }}' } } },
      each: { type: 'each', version: 1, config: { workflow: '#one-item', input: 'name', concurrency: 2 } },
      louder: { type: 'code', version: 1, config: { code: countUp } },
      ring: call(`${ledger}/{{ value.tag }}/ring-{{ value.n }}`),
      enough: {
        type: 'switch',
        version: 1,
        config: { cases: [{ name: 'yes', when: 'value.effect == "ring-3"' }], otherwise: 'no' },
      },
      pause: { type: 'wait', version: 1, config: { amount: 0.15 } },
      ask: { type: 'ask-person', version: 1 },
      reply: {
        type: 'output',
        version: 1,
        config: {
          fields: ['answer', 'once', 'items', 'ring', 'word', ...(hasFiles ? ['copied'] : [])].map((name) => ({
            name,
            type: 'Json',
          })),
        },
      },
    },
    edges: hasFiles ? [...edges, ...edgesOfFiles] : edges,
    workflows: { 'one-item': oneItem(ledger) },
  };
}

const edges = [
  { from: 'who.question', to: 'search.query' },
  { from: 'who.question', to: 'answer.prompt' },
  { from: 'search.passages', to: 'answer.passages' },
  { from: 'answer.text', to: 'reply.answer' },
  { from: 'who.tag', to: 'effect.tag' },
  { from: 'who.ms', to: 'effect.ms' },
  { from: 'effect.json', to: 'pause.value' },
  { from: 'pause.value', to: 'ask.value' },
  { from: 'ask.word', to: 'reply.word' },
  { from: 'who.tag', to: 'once.tag' },
  { from: 'once.json', to: 'reply.once' },
  { from: 'who.tag', to: 'tell.tag' },
  { from: 'answer.text', to: 'tell.heard' },
  { from: 'who.tag', to: 'plan.value' },
  { from: 'plan.result', to: 'each.items' },
  { from: 'who.tag', to: 'shared.tag' },
  { from: 'shared.value', to: 'each.shared' },
  { from: 'each.items', to: 'reply.items' },
  { from: 'shared.value', to: 'louder.value' },
  { from: 'louder.result', to: 'ring.value' },
  { from: 'ring.json', to: 'enough.value' },
  { from: 'enough.no', to: 'louder.value', loop: { max: 5 } },
  { from: 'enough.yes', to: 'reply.ring' },
];

/** Copies a letter with a random ending, so that each copy is different, and sends the copy as the body of an effect. */
const withFiles = (ledger: string) => ({
  copy: { type: 'code', version: 1, config: { code: copyLetter } },
  send: {
    ...call(''),
    config: { method: 'POST', url: `${ledger}/{{ tag }}/send`, body: { kind: 'text', text: '{{ letter }}' } },
  },
  measure: { type: 'code', version: 1, config: { code: 'return input.value.length;' } },
});

const copyLetter = `
const mark = ' copy ' + String(Math.random()).padEnd(24, '0').slice(0, 24);
return input.value.padEnd(${fileSize}, '.') + mark;`;

const edgesOfFiles = [
  { from: 'who.letter', to: 'copy.value' },
  { from: 'copy.result', to: 'send.letter' },
  { from: 'who.tag', to: 'send.tag' },
  { from: 'copy.result', to: 'measure.value' },
  { from: 'measure.result', to: 'reply.copied' },
];

/** The workflow that runs for each item of the list. */
const oneItem = (ledger: string) => ({
  title: 'One item',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [text('name'), text('tag')] } },
    ping: call(`${ledger}/{{ tag }}/item-{{ name }}`),
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'effect', type: 'Json' }] } },
  },
  edges: [
    { from: 'who.name', to: 'ping.name' },
    { from: 'who.tag', to: 'ping.tag' },
    { from: 'ping.json', to: 'reply.effect' },
  ],
});

const countUp = `
const n = Number((input.value.effect ?? 'ring-0').slice('ring-'.length)) + 1;
return { tag: input.value.tag, n };`;

/** An effect whose body is an earlier result, so that the body changes if the result was computed again. */
const tell = {
  ...call('', { retry: { attempts: 3, backoffMs: 100 } }),
  config: { method: 'POST', url: '', body: { kind: 'text', text: '{{ heard }}' } },
};

const withModels = {
  search: { type: 'retrieve', version: 1, config: { collection, topK: 2 } },
  answer: { type: 'generate', version: 1, config: { model: 'smollm2-135m', maxTokens: 16, temperature: 0 } },
};

const withoutModels = {
  search: {
    type: 'code',
    version: 1,
    config: { code: 'return { passages: [] };', inputs: [{ name: 'query' }], outputs: [{ name: 'passages' }] },
  },
  answer: {
    type: 'code',
    version: 1,
    config: {
      code: 'return { text: "No model: " + input.prompt + " " + Math.random() };',
      inputs: [{ name: 'prompt' }, { name: 'passages' }],
      outputs: [{ name: 'text', type: 'Text' }],
    },
  },
};

/** Gives the path of the execution that requests an effect from the ledger. */
export function pathOfEffect(effect: string): string {
  const [kind, which = ''] = effect.split('-');
  if (kind === 'ring') return `ring@${Number(which) - 1}`;
  if (kind === 'item') return `each#${items.findIndex((item) => item === which)}/ping`;
  return effect;
}

/** The outputs of a finished run with this tag, except for the texts of the model and of the person, which cannot be predicted. */
export function expectedOutputs(tag: string, hasFiles = false): Readonly<Record<string, unknown>> {
  return {
    ...(hasFiles ? { copied: fileSize + ' copy '.length + 24 } : {}),
    once: { tag, effect: 'once' },
    items: items.map((item) => ({ tag, effect: `item-${item}` })),
    ring: { tag, effect: 'ring-3' },
  };
}
