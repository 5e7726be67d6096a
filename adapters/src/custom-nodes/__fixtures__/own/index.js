import { defineNode, HeddleError, Json, labelOf, Text, stream } from '@heddle/core';
import { z } from 'zod';

const plain = { version: 1, category: 'data', summary: 'For tests.', role: 'step' };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Writes a stream of text in capitals, piece by piece. */
export const shout = defineNode({
  ...plain,
  type: 'own/shout',
  title: 'Shout',
  effects: [],
  config: z.object({}),
  inputs: { text: stream(Text) },
  outputs: { text: Text },
  async *run({ inputs }) {
    let text = '';
    for await (const piece of inputs.text) {
      const delta = piece.toUpperCase();
      text += delta;
      yield { delta };
    }
    return { text };
  },
});

/** Writes so many words, and looks at its signal only where it listens. */
export const count = defineNode({
  ...plain,
  type: 'own/count',
  title: 'Count',
  effects: [],
  config: z.object({ to: z.int().default(3), pauseMs: z.int().default(0), isDeaf: z.boolean().default(false) }),
  inputs: {},
  outputs: { text: Text },
  async *run({ config, context }) {
    let text = '';
    for (let index = 1; index <= config.to; index += 1) {
      if (config.pauseMs > 0) await pause(config.pauseMs);
      if (!config.isDeaf) context.signal.throwIfAborted();
      if (config.isDeaf) continue;
      text += `${index} `;
      yield { port: 'text', delta: `${index} ` };
    }
    return { text };
  },
});

/** Uses resources of every shape: streams, callbacks, iterables, bytes, vectors. */
export const reach = defineNode({
  ...plain,
  type: 'own/reach',
  title: 'Reach',
  effects: ['model', 'vectors', 'network', 'files'],
  config: z.object({ secret: z.string().default('') }),
  references: ({ secret }) => (secret === '' ? [] : [{ kind: 'secret', id: secret, field: 'secret' }]),
  inputs: {},
  outputs: { seen: Json },
  async run({ config, context }) {
    const seen = {};
    const model = await context.use('languageModel', 'fake');
    seen.model = model.info.id;
    let text = '';
    for await (const event of model.generate(
      { messages: [{ role: 'user', content: 'Hi' }] },
      { signal: context.signal },
    )) {
      if (event.type === 'text') text += event.text;
    }
    seen.text = text;
    const embedder = await context.use('embedder', 'e');
    const done = [];
    const [vector] = await embedder.embed(['a'], {
      kind: 'query',
      signal: context.signal,
      onProgress: (each) => done.push(each),
    });
    seen.vector = [...vector];
    seen.done = done;
    const collection = await context.use('collection', 'faq');
    async function* documents() {
      yield { id: 'a', content: 'A' };
      yield { id: 'b', content: new Uint8Array([66]) };
    }
    seen.report = await collection.ingest(documents(), { sync: true });
    const fetched = await (await context.use('fetch')).fetch({ url: 'http://example.test/', signal: context.signal });
    seen.body = new TextDecoder().decode(fetched.body);
    if (config.secret !== '') seen.secret = await context.secret(config.secret);
    seen.step = await context.step('once', async ({ idempotencyKey }) => ({ idempotencyKey }));
    seen.nested = (await context.run('nested', '#part', { a: 1 })).outputs;
    context.raise(labelOf('confidential'));
    seen.label = context.label.level;
    context.log.info('A line', { of: 'log' });
    context.progress({ share: 0.5, message: 'half' });
    context.report({ inputTokens: 1, outputTokens: 2 });
    context.decide({ kind: 'route', summary: 'Because.' });
    return { seen };
  },
});

/** Calls what its config says, and declares what its config cannot say. */
const caller = (effects) =>
  defineNode({
    ...plain,
    type: `own/declares-${effects[0] ?? 'nothing'}`,
    title: 'Caller',
    effects,
    config: z.object({ kind: z.string().default('fetch') }),
    inputs: {},
    outputs: { got: Text },
    async run({ config, context }) {
      if (config.kind === 'requestInput') await context.requestInput('q', { title: 'Q', schema: {} });
      else if (config.kind === 'secret') await context.secret('token');
      else await context.use(config.kind, 'id');
      return { got: config.kind };
    },
  });
export const callers = caller([]);
export const modelCaller = caller(['model']);
export const vectorsCaller = caller(['vectors']);
export const networkCaller = caller(['network']);
export const filesCaller = caller(['files']);
export const processCaller = caller(['process']);
export const humanCaller = caller(['human']);

/** Ends its process in ways that a node can. */
export const crash = defineNode({
  ...plain,
  type: 'own/crash',
  title: 'Crash',
  effects: [],
  config: z.object({
    how: z.enum(['exit', 'throw', 'memory', 'spin', 'not']).default('exit'),
    step: z.boolean().default(false),
  }),
  inputs: { value: Json.optional() },
  outputs: { value: Json },
  async run({ config, inputs, context }) {
    const times = config.step ? await context.step('effect', async () => ({ pid: process.pid })) : {};
    if (config.step && times.pid !== process.pid) return { value: { first: times.pid, second: process.pid } };
    if (config.how === 'exit') process.exit(3);
    if (config.how === 'throw')
      setTimeout(() => {
        throw new Error('out of the blue');
      }, 0);
    if (config.how === 'memory') {
      const kept = [];
      for (;;) {
        kept.push(new Uint8Array(2 ** 24).fill(1));
        await pause(1);
      }
    }
    if (config.how === 'spin')
      for (;;) {
        /* for ever */
      }
    if (config.how !== 'not') await pause(60_000);
    return { value: inputs.value ?? null };
  },
});

/** Asks a person, then sleeps; its function runs from the top each time. */
export const wait = defineNode({
  ...plain,
  type: 'own/wait',
  title: 'Wait',
  effects: ['human'],
  config: z.object({ sleepMs: z.number().default(0) }),
  inputs: {},
  outputs: { said: Json },
  async run({ config, context }) {
    const before = await context.step('before', async () => ({ pid: process.pid }));
    const answer = await context.requestInput('name', {
      title: 'Who?',
      schema: { type: 'object', properties: { name: { type: 'string' } } },
    });
    const wake = await context.step('wake', async () => context.now() + config.sleepMs);
    if (config.sleepMs > 0) await context.sleep(wake);
    return { said: { type: answer.type, value: answer.value, before: typeof before.pid } };
  },
});

/** Fails with a code. */
export const fail = defineNode({
  ...plain,
  type: 'own/fail',
  title: 'Fail',
  effects: [],
  config: z.object({}),
  inputs: {},
  outputs: { text: Text },
  run: () => {
    throw new HeddleError('input_empty', 'Nothing there.', { details: { a: 1 } });
  },
});

/** Thinks for ever about its ports. */
export const slowPorts = defineNode({
  ...plain,
  type: 'own/slow-ports',
  title: 'Slow ports',
  effects: [],
  config: z.object({ isSlow: z.boolean().default(false) }),
  inputs: {},
  outputs: { text: Text },
  ports: ({ isSlow }) => {
    while (isSlow);
    return {};
  },
  run: () => ({ text: '' }),
});
