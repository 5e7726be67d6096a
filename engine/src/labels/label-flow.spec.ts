import { describe, expect, it } from '@jest/globals';
import { labelOf, type Destination, type LabelLevel, type NodeContext, type Resources } from '@heddle/core';
import fc from 'fast-check';
import { compileSketch, createBench, type Sketch } from '../testing/harness.js';
import { propertyTimeout } from '../testing/properties.js';
import { createDice, type Dice } from '../testing/dice.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

/**
 * Every value of these graphs contains its own level: the highest digit in it. So a test judges what reaches a destination by the value
 * alone, never by the label that the engine computed.
 */
const levels: readonly LabelLevel[] = ['public', 'internal', 'confidential', 'restricted'];
const secrecyOf = (value: unknown): number =>
  Math.max(0, ...[...JSON.stringify(value ?? '').matchAll(/[0-3]/g)].map(([digit]) => Number(digit)));
const highest = (inputs: Readonly<Record<string, unknown>>): number => secrecyOf(Object.values(inputs));

/** How many values arrived at destinations, and how many of them were above the clearance. */
interface Received {
  arrived: number;
  leaked: number;
}

/** Models, each with its clearance. `isOpen` gives all of them the clearance `restricted`, to show that a leak would be found. */
function recorder(received: Received, isOpen: boolean): Resources {
  return {
    use: (_kind, ...[id = '']) => {
      const clearance = Number(id);
      const destination: Destination = {
        name: `far/${id}`,
        clearance: levels[isOpen ? 3 : clearance] ?? 'public',
        isLocal: false,
      };
      const generate = async function* (request: unknown) {
        received.arrived += 1;
        if (secrecyOf(request) > clearance) received.leaked += 1;
        await Promise.resolve();
        yield { type: 'text', text: 'ok' };
      };
      // The graphs use only language models.
      return Promise.resolve({ info: { destination }, generate } as never);
    },
  };
}

/** Gathers inputs and the text of streams. Each delta of a stream goes to `send` at once. */
async function gather(
  inputs: Readonly<Record<string, unknown>>,
  send: (value: unknown) => Promise<void>,
): Promise<Readonly<Record<string, unknown>>> {
  const whole: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) whole[name] = value;
    else {
      let text = '';
      for await (const delta of value as AsyncIterable<string>) {
        text += delta;
        await send(delta);
      }
      whole[name] = text;
    }
  }
  return whole;
}

async function hand(context: NodeContext, clearance: number, value: unknown): Promise<void> {
  const model = await context.use('languageModel', String(clearance));
  const request = { messages: [{ role: 'user' as const, content: JSON.stringify(value) }] };
  for await (const _ of model.generate(request, { signal: context.signal }));
}

const raise = (context: NodeContext, level: number): void => context.raise(labelOf(levels[level] ?? 'restricted'));

/** The behaviours of nodes, by the name in their config: `raise2`, `send1`, `stream3`, `redact`, `nested`, `pass`. */
const behaviours: Behaviours = {
  pass: ({ inputs }) => ({ out: `v${highest(inputs)}` }),
  nested: async ({ inputs, context }) => {
    const value = `v${highest(inputs)}`;
    const results = await Promise.all(['a', 'b'].map((key) => context.run(key, '#inner', { value })));
    return { out: `v${secrecyOf(results.map(({ outputs }) => outputs))}` };
  },
  redact: ({ inputs, context }) => {
    const found = highest(inputs);
    context.declassify({ port: 'out', from: 'confidential', to: 'internal', reason: 'Taken out in a test.' });
    // A value above confidential is not declassified, so it keeps its digit.
    return { out: `v${found > 2 ? found : Math.min(found, 1)}` };
  },
  ...Object.fromEntries(
    levels.flatMap((_level, at): [string, Behaviours[string]][] => [
      [
        `raise${at}`,
        ({ inputs, context }) => {
          raise(context, at);
          return { out: `v${Math.max(at, highest(inputs))}` };
        },
      ],
      [
        `send${at}`,
        async ({ inputs, context }) => {
          const whole = await gather(inputs, (delta) => hand(context, at, delta));
          await hand(context, at, Object.values(whole));
          return { out: `v${highest(whole)}` };
        },
      ],
      [
        `stream${at}`,
        async function* ({ inputs, context }) {
          const first = `v${highest(inputs)}`;
          yield { port: 'text', delta: first };
          raise(context, at);
          yield { port: 'text', delta: ` v${at}` };
          await Promise.resolve();
          return { out: `v${Math.max(at, secrecyOf(first))}`, text: `${first} v${at}` };
        },
      ],
    ]),
  ),
};
const definitions = testNodes(behaviours);

function graphOf(dice: Dice, size: number, isInner: boolean): Sketch {
  const pick = <T>(list: readonly T[]): T => list[dice(list.length)]!;
  const nodes: Record<string, Sketch['nodes'][string]> = { s: 'in' };
  const edges: NonNullable<Sketch['edges']>[number][] = [];
  const outputs = ['s.value'];
  const texts: string[] = [];
  for (let index = 0; index < size; index += 1) {
    const id = `n${index}`;
    const kind = pick(['pass', 'raise', 'send', 'send', 'send', 'stream', 'redact', ...(isInner ? [] : ['nested'])]);
    const behaviour = ['raise', 'send', 'stream'].includes(kind)
      ? `${kind}${kind === 'send' ? 1 + dice(3) : dice(4)}`
      : kind;
    const takesText = kind === 'send' && texts.length > 0 && dice(2) === 0;
    nodes[id] = {
      type: kind === 'redact' ? 'redact' : 'do',
      ...(dice(12) === 0 ? { label: pick(levels) } : {}),
      config: {
        behaviour,
        inputs: ['in', ...(takesText ? ['text~'] : []), 'more?', 'back?'],
        outputs: ['out', ...(kind === 'stream' ? ['text$'] : [])],
        ...(kind === 'nested' ? { workflow: '#inner' } : {}),
      },
    };
    edges.push(`${pick(outputs.slice(-4))} -> ${id}.in`);
    if (dice(2) === 0) edges.push(`${pick(outputs)} -> ${id}.more`);
    if (takesText) edges.push(`${pick(texts)} -> ${id}.text`);
    if (dice(4) === 0) {
      const edge = `${id}.out -> n${dice(index + 1)}.back`;
      edges.push({ edge, loop: { max: 1 + dice(2), atLimit: 'leave' } });
    }
    outputs.push(`${id}.out`);
    if (kind === 'stream') texts.push(`${id}.text`);
  }
  nodes['e'] = 'out';
  edges.push(`${pick(outputs.slice(-3))} -> e.value`);
  return { nodes, edges };
}

/** A random graph. If its loops overlap, it is built without them. */
function randomSketch(seed: number, size: number): Sketch {
  const dice = createDice(seed);
  const inner = graphOf(dice, 1 + dice(4), true);
  const outer = graphOf(dice, size, false);
  const withoutLoops = (graph: Sketch): Sketch => ({
    ...graph,
    edges: (graph.edges ?? []).filter((edge) => typeof edge === 'string'),
  });
  const choices: readonly Sketch[] = [
    { ...outer, workflows: { inner } },
    { ...outer, workflows: { inner: withoutLoops(inner) } },
    { ...withoutLoops(outer), workflows: { inner: withoutLoops(inner) } },
  ];
  const sound = choices.find((sketch) => compileSketch(sketch, definitions).plan !== undefined);
  if (sound === undefined) throw new Error(`Seed ${seed} does not compile.`);
  return sound;
}

async function runGraphs(count: number, isOpen: boolean): Promise<Received & { refused: number }> {
  const received = { arrived: 0, leaked: 0 };
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 2, max: 12 }), async (seed, size) => {
      const bench = createBench(definitions, { host: { resources: recorder(received, isOpen) } });
      const outcome = await bench.run(randomSketch(seed, size), { inputs: { value: 'v1' } });
      if (outcome.error?.code === 'label_refused') refused += 1;
      else expect(outcome.error).toBeUndefined();
      if (!isOpen) expect(received.leaked).toBe(0);
    }),
    { numRuns: count, ...(isOpen ? { seed: 6 } : {}) },
  );
  return { ...received, refused };
}

describe('labels over random graphs with loops, streams, nested runs and redaction', () => {
  it(
    'let no value reach a destination above its clearance',
    async () => {
      const { leaked, arrived, refused } = await runGraphs(2_000, false);
      expect(leaked).toBe(0);
      expect(arrived).toBeGreaterThan(1_000);
      expect(refused).toBeGreaterThan(200);
    },
    propertyTimeout,
  );

  it(
    'are necessary: such graphs leak if nothing is refused',
    async () => {
      const { leaked, refused } = await runGraphs(100, true);
      expect(refused).toBe(0);
      expect(leaked).toBeGreaterThan(50);
    },
    propertyTimeout,
  );
});
