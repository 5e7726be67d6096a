import { afterEach, describe, it } from '@jest/globals';
import { embedderSuite, languageModelSuite, providerFaultSuite, type FaultSubject } from '@heddle/core/testing';
import { canary, connectionTo, openHub } from './__fixtures__/open-hub.js';
import { greeting } from './__fixtures__/double-model.js';
import { startProviderDouble, type ProviderDouble } from './__fixtures__/provider-double.js';
import type { WireFormat } from './__fixtures__/wire-formats.js';
import type { Connection } from '@heddle/core';

interface Case {
  readonly title: string;
  readonly format: WireFormat;
  readonly change?: Partial<Connection>;
}

const cases: readonly Case[] = [
  { title: 'OpenAI', format: 'openai' },
  { title: 'OpenAI by its Responses API', format: 'responses' },
  { title: 'Azure OpenAI', format: 'openai', change: { kind: 'azure-openai' } },
  { title: 'an OpenAI-compatible server', format: 'openai', change: { kind: 'openai-compatible', preset: 'vllm' } },
  { title: 'Anthropic', format: 'anthropic' },
  { title: 'Google Gemini', format: 'google' },
];

const patient = { connectMs: 10_000, idleMs: 10_000, totalMs: 60_000 };

describe.each(cases)('$title', ({ format, change }) => {
  const started: ProviderDouble[] = [];
  const start = async (timeouts: Connection['timeouts'] = patient) => {
    const double = await startProviderDouble(format, canary);
    started.push(double);
    return { double, hub: openHub(connectionTo(double.address, format, { ...change, timeouts })) };
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((double) => double.close()));
  });

  for (const promise of languageModelSuite)
    it(promise.name, async () => {
      const { hub } = await start();
      await promise.run({ model: await hub.languageModel('double/double'), counts: 'estimate' });
    });

  const subject: FaultSubject = {
    async open(fault) {
      // Only a silent server needs short limits. On a busy machine, a request takes some hundred milliseconds to arrive.
      const isSilent = fault === 'hang' || fault === 'silent';
      const { double, hub } = await start(isSilent ? { connectMs: 1_000, idleMs: 1_000, totalMs: 20_000 } : undefined);
      double.fault = fault;
      return {
        model: await hub.languageModel('double/double'),
        key: canary,
        text: greeting,
        requests: () => double.requests(),
        sockets: () => double.sockets(),
      };
    },
  };
  // Azure and compatible servers use the code of OpenAI: only address, key and request differ, not the retries.
  const faults =
    change === undefined ? providerFaultSuite : providerFaultSuite.filter(({ name }) => !/after 3|with 2/.test(name));
  for (const promise of faults) it(promise.name, () => promise.run(subject), 90_000);

  if (format === 'openai' || format === 'google')
    for (const promise of embedderSuite)
      it(promise.name, async () => {
        const { hub } = await start();
        await promise.run({ embedder: await hub.embedder('double/embedding') });
      });
});
