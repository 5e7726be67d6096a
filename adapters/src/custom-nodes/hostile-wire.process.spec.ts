import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeContext, type ContextRecord } from '@heddle/core/testing';
import { NodesRunner } from './host/nodes-runner.js';
import { mostLogLines } from './host/context-calls.js';

const script = fileURLToPath(new URL('./__fixtures__/hostile-wire.js', import.meta.url));
const runners: NodesRunner[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.close()));
});

/** Runs a node in a process that breaks the protocol in one way. */
async function run(mode: string, pauseMs = 0): Promise<{ outcome: unknown; deltas: number; record: ContextRecord }> {
  const runner = new NodesRunner(
    'hostile',
    {
      command: process.execPath,
      args: [script, mode],
      folder: fileURLToPath(new URL('.', import.meta.url)),
      memoryMb: 512,
    },
    90_000,
  );
  runners.push(runner);
  const { context, record } = createFakeContext({ secrets: ['token'], resources: { fetch: {} as never } });
  let deltas = 0;
  const follow = async (): Promise<unknown> => {
    const generator = runner.run({
      declared: { type: 'hostile', effects: ['model'], references: [] },
      config: { config: {}, isParsed: true },
      inputs: {},
      streams: [],
      context,
    });
    for (;;) {
      const next = await generator.next();
      if (next.done === true) return next.value;
      deltas += 1;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const outcome = await follow().catch((error: unknown) => error);
  return { outcome, deltas, record };
}

describe('a process that breaks the protocol', () => {
  it.each([
    ['giant', 'custom_node_crashed', /4294967295 bytes/],
    ['garbage', 'custom_node_crashed', /not a message/],
    ['unknown kind', 'custom_node_crashed', /./],
    ['proto', 'node_output_invalid', /__proto__/],
    ['bomb', 'node_output_invalid', /members/],
    ['long', 'node_output_invalid', /members/],
    ['deep', 'node_output_invalid', /nested/],
    ['date', 'node_output_invalid', /Date/],
    ['map', 'node_output_invalid', /Map/],
    ['suspended', 'node_failed', /suspended/],
  ])('is refused: %s', async (mode, code, message) => {
    expect((await run(mode)).outcome).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['method', /no 'constructor'/],
    ['resource', /was not given/],
    ['effect', /effect_undeclared/],
    ['hole', /resource_unavailable/],
  ])('gets the reason of a refusal: %s', async (mode, message) => {
    expect((await run(mode)).outcome).toMatchObject({ text: expect.stringMatching(message) });
  });

  it('speaks for no execution but its own', async () => {
    expect((await run('forged')).outcome).toEqual({ text: 'own' });
  });

  it('floods neither the log nor the event loop', async () => {
    let ticks = 0;
    let isOver = false;
    const tick = (): void => {
      ticks += 1;
      if (!isOver) setImmediate(tick);
    };
    tick();
    const { outcome, record } = await run('flood');
    isOver = true;
    expect(outcome).toEqual({ text: 'done' });
    expect(record.log).toHaveLength(mostLogLines);
    // A tick takes 200 messages at most: 300,000 of them leave others at least 1,500.
    expect(ticks).toBeGreaterThan(1_500);
  });

  it('is ended when it does not wait for its deltas to be read', async () => {
    expect((await run('delta flood', 20)).outcome).toMatchObject({ code: 'custom_node_crashed' });
  });
});
