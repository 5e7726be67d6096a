import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { assert, asyncProperty, constantFrom, array } from 'fast-check';
import { channels, powerless, type Learned } from '../testing/reach/channels.js';
import { openReachHouse, otherOf, sides, type ReachHouse, type Side, type Thing } from '../testing/reach/house.js';
import { calling, ways, withTool } from '../testing/reach/ways.js';

let house: ReachHouse;
beforeAll(async () => {
  house = await openReachHouse();
}, 60_000);
afterAll(() => house.close());

/** What a version of a project says that it uses: the project's own thing of that kind. */
const declaredBy = (side: Side, { kind }: Thing): string[] =>
  house.things[side].filter((thing) => thing.kind === kind).map(({ id }) => id);

/** What is learned of a thing by a run of a project that tries to reach it in one way. */
async function attempt(
  channel: keyof typeof channels,
  way: keyof typeof ways,
  side: Side,
  thing: Thing,
): Promise<Learned> {
  const target = { kind: thing.kind, id: thing.id, declared: declaredBy(side, thing) };
  const document = ways[way]?.(target);
  const begin = channels[channel];
  if (document === undefined || begin === undefined) throw new Error('There is no such way.');
  return begin(house, side, { ...document, name: `${document.name} ${thing.kind}` }, thing.id);
}

/** A channel tries one way in so many in `npm test`, and all in `npm run test:long`. */
const oneIn = process.env['HEDDLE_TEST_LONG'] === '1' ? 1 : 3;
const seed = Number(process.env['HEDDLE_SWEEP_SEED'] ?? Math.floor(Math.random() * oneIn));
/** The ways that each channel tries, chosen by the seed so that each way has its channel. */
const tried = Object.keys(channels).map((channel, row) => ({
  channel,
  tries: Object.keys(ways).filter((_, column) => (row + column + seed) % oneIn === 0),
}));

describe('what a run can reach', () => {
  it('is tried in each way', () => {
    expect(new Set(tried.flatMap(({ tries }) => tries))).toEqual(new Set(Object.keys(ways)));
    expect(tried.filter(({ tries }) => tries.length === 0)).toEqual([]);
  });

  it.each(tried)(
    '$channel: every thing of its own project, and none of the other',
    async ({ channel, tries }) => {
      const reached: string[] = [];
      const missed: string[] = [];
      for (const way of tries)
        for (const side of sides) {
          for (const thing of house.things[otherOf(side)])
            if ((await attempt(channel, way, side, thing)).text.includes(thing.canary))
              reached.push(`by ${way}, ${side}: ${thing.kind} ${thing.id}`);
          for (const thing of house.things[side].filter(({ isPrivate }) => isPrivate !== true))
            if (!(await attempt(channel, way, side, thing)).text.includes(thing.canary))
              missed.push(`by ${way}, ${side}: ${thing.kind} ${thing.id}`);
        }
      expect({ reached, missed }).toEqual({ reached: [], missed: [] });
    },
    180_000,
  );

  it.each(Object.keys(powerless))(
    '%s: nothing, as no run begins',
    async (name) => {
      for (const side of sides)
        for (const thing of [...house.things.alpha, ...house.things.beta]) {
          const document = ways['config']?.({ ...thing, declared: [] });
          const found = document === undefined ? undefined : await powerless[name]?.(house, side, document, thing.id);
          expect([thing.id, found?.runId, found?.text.includes(thing.canary)]).toEqual([thing.id, undefined, false]);
          expect([403, 404]).toContain(found?.status);
        }
    },
    60_000,
  );

  it('through a sub-workflow, a tool of an agent, and a workflow of the other project by its name: the same', async () => {
    const edit = channels['an editor runs a draft'];
    if (edit === undefined) throw new Error('There is no such channel.');
    for (const side of sides)
      for (const thing of [...house.things.alpha, ...house.things.beta]) {
        const isOwn = house.things[side].includes(thing) && thing.isPrivate !== true;
        const inner = ways['input']?.({ ...thing, declared: [] });
        if (inner === undefined) throw new Error('There is no such way.');
        const { slug } = await house.published(house.projectOf(side), inner);
        const called = await edit(house, side, calling(slug), thing.id);
        house.agentReadsNext(thing.id);
        const asTool = await edit(house, side, withTool(slug, 'agents/one'), thing.id);
        expect([thing.id, called.text.includes(thing.canary), asTool.text.includes(thing.canary)]).toEqual([
          thing.id,
          isOwn,
          isOwn,
        ]);
        // The workflow itself is a thing of its project: from the other one it is not there.
        if (!isOwn) continue;
        const foreign = await edit(house, otherOf(side), calling(slug), thing.id);
        expect([foreign.runId, foreign.text.includes(thing.canary)]).toEqual([undefined, false]);
      }
  }, 60_000);

  it('in graphs that nobody drew by hand: nothing of the other project', async () => {
    const steps = ['prompt', 'set'] as const;
    const drawn = array(constantFrom(...steps), { maxLength: 4 });
    const channelNames = constantFrom(...Object.keys(channels));
    const property = asyncProperty(drawn, channelNames, constantFrom(...sides), async (chain, channel, side) => {
      for (const thing of house.things[otherOf(side)]) {
        const document = graphOf(chain, thing, declaredBy(side, thing));
        const found = await channels[channel]?.(house, side, document, thing.id);
        expect(found?.text).not.toContain(thing.canary);
      }
    });
    await assert(property, { numRuns: 15 });
  }, 120_000);
});

/** A chain of steps that hand on a name, forked half-way, to probes that read it from their input and from their config. */
function graphOf(
  chain: readonly ('prompt' | 'set')[],
  { kind, id }: Thing,
  declared: readonly string[],
): WorkflowDocument {
  const nodes: WorkflowDocument['nodes'] = {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'id', type: 'Text' }] } },
    byinput: { type: 'probe', version: 1, config: { kind, declared: [...declared] } },
    byconfig: { type: 'probe', version: 1, config: { kind, id, declared: [...declared] } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'found', type: 'Text' },
          { name: 'also', type: 'Text' },
        ],
      },
    },
  };
  const edges: { from: string; to: string }[] = [];
  let last = 'asked.id';
  chain.forEach((type, index) => {
    const name = `step${index}`;
    nodes[name] =
      type === 'prompt'
        ? { type, version: 1, config: { template: '{{ id }}' } }
        : { type, version: 1, config: { value: '{{ id }}', type: 'Text' } };
    edges.push({ from: last, to: `${name}.id` });
    last = type === 'prompt' ? `${name}.text` : `${name}.value`;
  });
  edges.push(
    { from: last, to: 'byinput.id' },
    { from: 'byinput.found', to: 'reply.found' },
    { from: 'byconfig.found', to: 'reply.also' },
  );
  return { heddle: 2, name: `Drawn ${kind}`, nodes, edges };
}
