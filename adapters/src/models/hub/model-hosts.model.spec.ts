import { expect, it } from '@jest/globals';
import type { GenerateEvent } from '@heddle/core';
import { collectEvents } from '@heddle/core/testing';
import { ask, describeModels, llamaOf, makeHub, pause, until, write } from './__fixtures__/starter-hubs.js';

const never = new AbortController().signal;

describeModels('a full model', () => {
  it('queues generations in order, reports their positions, and refuses those beyond the queue limit', async () => {
    const model = await makeHub({ slots: 1, queueLimit: 2 }).languageModel('smollm2-135m');
    const long = ask('Write a long story.', { maxTokens: 60 });
    /** A generation, as soon as it has begun or reported its position. */
    const begun = async (): Promise<{ readonly events: Promise<readonly GenerateEvent[]> }> => {
      const generation = model.generate(long, { signal: new AbortController().signal })[Symbol.asyncIterator]();
      const { value } = await generation.next();
      const rest = async (): Promise<readonly GenerateEvent[]> => {
        const events: GenerateEvent[] = value === undefined ? [] : [value];
        for (let next = await generation.next(); next.done !== true; next = await generation.next())
          events.push(next.value);
        return events;
      };
      return { events: rest() };
    };
    const { events: first } = await begun();
    const { events: second } = await begun();
    const { events: third } = await begun();
    await expect(collectEvents(model, long)).rejects.toMatchObject({ code: 'model_busy' });
    const positions = async (events: typeof first) =>
      (await events).flatMap((event) => (event.type === 'waiting' ? [event.position] : []));
    expect([await positions(first), await positions(second), await positions(third)]).toEqual([[], [1], [2, 1]]);
  }, 180_000);

  it('frees the slot of an aborted generation long before its normal end', async () => {
    const hub = makeHub({ slots: 1 });
    const model = await hub.languageModel('smollm2-135m');
    const controller = new AbortController();
    const prompt = ask('The river ran past the mill. '.repeat(120), { maxTokens: 200 });
    await collectEvents(model, ask('Hi', { maxTokens: 1 }));
    const gone = collectEvents(model, prompt, controller.signal);
    const slots = (): number | undefined => llamaOf(hub).models[0]?.slotsInUse;
    await until(() => slots() === 1);
    controller.abort();
    await expect(gone).rejects.toMatchObject({ code: 'aborted' });
    await until(() => slots() === 0, 10_000);
  }, 180_000);

  it('frees the slot when the reader stops reading', async () => {
    const hub = makeHub({ slots: 1 });
    const model = await hub.languageModel('smollm2-135m');
    for await (const event of model.generate(ask('Write a long story.', { maxTokens: 300 }), { signal: never }))
      if (event.type === 'text') break;
    await until(() => llamaOf(hub).models[0]?.slotsInUse === 0, 10_000);
  }, 180_000);

  it('unloads an unused model, and loads it again', async () => {
    const hub = makeHub({ idleUnloadMs: 200 });
    const model = await hub.languageModel('smollm2-135m');
    await collectEvents(model, ask('Hi', { maxTokens: 1 }));
    await until(() => llamaOf(hub).models.length === 0);
    expect(await write(model, ask('Hi', { maxTokens: 2 }))).not.toBe('');
  }, 180_000);

  it('unloads a model for another one when the memory is full', async () => {
    const hub = makeHub({ memoryMb: 150 });
    await collectEvents(await hub.languageModel('smollm2-135m'), ask('Hi', { maxTokens: 1 }));
    await (await hub.embedder('all-minilm-l6-v2')).embed(['x'], { kind: 'query' });
    const loaded = (await hub.list()).filter(({ status }) => status === 'loaded').map(({ card }) => card.id);
    expect(loaded).toEqual(['all-minilm-l6-v2']);
  }, 180_000);
});

describeModels('a model host that dies', () => {
  it('fails its calls as retryable, and is started again', async () => {
    const hub = makeHub();
    const model = await hub.languageModel('smollm2-135m');
    let changes = 0;
    hub.watch(() => (changes += 1));
    const run = async (): Promise<void> => {
      for await (const event of model.generate(ask('Write a long story.', { maxTokens: 300 }), { signal: never })) {
        if (event.type === 'text') process.kill(llamaOf(hub).pid!, 'SIGKILL');
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'model_host_lost', retryable: true });
    expect(await write(model, ask('Hi', { maxTokens: 2 }))).not.toBe('');
    expect(llamaOf(hub)).toMatchObject({ status: 'ready', restarts: 1 });
    expect(changes).toBeGreaterThan(2);
  }, 180_000);

  it('is marked as failed after three crashes in a row, until the cool-down is over', async () => {
    const hub = makeHub({ hostCoolDownMs: 1500 });
    const model = await hub.languageModel('smollm2-135m');
    await collectEvents(model, ask('Hi', { maxTokens: 1 }));
    for (let count = 0; count < 3; count += 1) {
      await until(() => llamaOf(hub).status === 'ready');
      process.kill(llamaOf(hub).pid!, 'SIGKILL');
      await until(() => llamaOf(hub).status !== 'ready');
    }
    expect(llamaOf(hub).status).toBe('failed');
    await expect(collectEvents(model, ask('Hi'))).rejects.toMatchObject({ code: 'model_host_failed' });
    await pause(1600);
    expect(await write(model, ask('Hi', { maxTokens: 2 }))).not.toBe('');
  }, 180_000);

  it('leaves no process behind when the hub closes', async () => {
    const hub = makeHub();
    await collectEvents(await hub.languageModel('smollm2-135m'), ask('Hi', { maxTokens: 1 }));
    const pid = llamaOf(hub).pid!;
    await hub.close();
    expect(() => process.kill(pid, 0)).toThrow();
    await expect(collectEvents(await hub.languageModel('smollm2-135m'), ask('Hi'))).rejects.toMatchObject({
      code: 'shutting_down',
    });
  }, 180_000);
});
