import { describe, expect, it } from '@jest/globals';
import type { CallScope, Resources } from '@heddle/core';
import { resumeRun } from '../start-run.js';
import { createBench, plain, planOf, type TestBench } from '../testing/harness.js';
import { chain, inner, nested, question, single } from '../testing/sketches.js';
import { testNodes, type Behaviours } from '../testing/test-nodes.js';

const far = 86_400_000;

/** A call that is answered later: it sleeps until the answer is there. */
const asks: Behaviours['a'] = async ({ context }) => {
  await context.use('documents');
  return { out: 'answered' };
};

/** Resources whose `use` sleeps until its answer is there. */
function laterBench(answers: { has: boolean }, behaviours: Behaviours): TestBench {
  const use = async (scope: CallScope): Promise<object> => {
    while (!answers.has) await scope.sleep?.(bench.clock.now() + far);
    return {};
  };
  const resources = {
    use: () => Promise.reject(new Error('unscoped')),
    scoped: (scope: CallScope) => ({ use: () => use(scope) }),
  };
  const bench = createBench(testNodes(behaviours), { host: { resources: resources as unknown as Resources } });
  return bench;
}

/** Suspends a run and resumes it in another process. */
async function takenUp(bench: TestBench, sketch: typeof single, behaviours: Behaviours) {
  const run = await bench.start(sketch);
  await run.settle();
  expect(await run.handle.done).toMatchObject({ status: 'suspended', requests: [], until: bench.clock.now() + far });
  return bench.resume('run-1', planOf(sketch, testNodes(behaviours)));
}

describe('waking a call that is answered later', () => {
  it('continues when the host wakes it, long before its time, even after the run left memory', async () => {
    const answers = { has: false };
    const bench = laterBench(answers, { a: asks });
    const resumed = await takenUp(bench, single, { a: asks });
    answers.has = true;
    resumed.handle.wake('a');
    await resumed.settle();
    const { status, outputs } = await resumed.handle.done;
    expect([status, plain(outputs)]).toEqual(['done', { value: 'answered' }]);
  });

  it('continues if the host wakes it in the tick in which the run resumes, before it sleeps again', async () => {
    const answers = { has: false };
    const behaviours: Behaviours = { a: ({ inputs }) => ({ out: inputs['in'] }), b: asks };
    const bench = laterBench(answers, behaviours);
    const run = await bench.start(chain, { inputs: { value: 1 } });
    await run.settle();
    expect(await run.handle.done).toMatchObject({ status: 'suspended' });
    answers.has = true;
    const plan = planOf(chain, testNodes(behaviours));
    const acceptance = await bench.journal.acceptance('run-1');
    const resumed = resumeRun(bench.host, { plan, acceptance }, await bench.records());
    resumed.wake('b');
    expect(await resumed.done).toMatchObject({ status: 'done' });
  });

  it('sleeps again if it is woken without an answer', async () => {
    const bench = laterBench({ has: false }, { a: asks });
    const resumed = await takenUp(bench, single, { a: asks });
    resumed.handle.wake('a');
    await resumed.settle();
    expect(await resumed.handle.done).toMatchObject({ status: 'suspended', until: bench.clock.now() + far });
    const kinds = (await bench.records()).map(({ type }) => type);
    expect(kinds.filter((type) => type === 'node-suspend')).toHaveLength(2);
  });

  it('wakes a call inside a nested run through the nodes around it', async () => {
    const answers = { has: false };
    const behaviours: Behaviours = {
      a: async ({ context }) => ({ out: (await context.run('0', '#inner', { value: 1 })).outputs['value'] }),
      x: asks,
    };
    const sketch = { ...nested, workflows: { inner } };
    const bench = laterBench(answers, behaviours);
    const resumed = await takenUp(bench, sketch, behaviours);
    answers.has = true;
    resumed.handle.wake('a#0/x');
    await resumed.settle();
    expect(await resumed.handle.done).toMatchObject({ status: 'done' });
  });

  it('does not wake an execution that waits for a person, or one that does not exist', async () => {
    const behaviours: Behaviours = { a: async ({ context }) => ({ out: await context.requestInput('ok', question) }) };
    const bench = laterBench({ has: false }, behaviours);
    const run = await bench.start(single);
    await run.settle();
    const before = (await bench.records()).length;
    const resumed = await bench.resume('run-1', planOf(single, testNodes(behaviours)));
    resumed.handle.wake('a');
    resumed.handle.wake('nowhere');
    resumed.handle.wake('a#0/x');
    await resumed.settle();
    expect(await resumed.handle.done).toMatchObject({ status: 'suspended' });
    expect(await bench.records()).toHaveLength(before);
  });
});
