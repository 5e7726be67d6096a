import { afterEach, describe, expect, it } from '@jest/globals';
import { Connection, localPrincipal, type WorkflowDocument } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { echoDocument } from '../testing/echo-document.js';
import { openTwoProcesses, type TwoProcesses } from '../testing/cluster/two-processes.js';

describe('a process whose database another process changes', () => {
  let opened: TwoProcesses | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  const open = async () => {
    opened = await openTwoProcesses({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    const [one, other] = opened.processes;
    return { ...opened, one, other };
  };

  it('serves a version within a second after another process published it', async () => {
    const { one, other, clock } = await open();
    const { id } = await one.workflows.create(echoDocument('First: '), 'echo');
    const publish = () => one.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    const answer = async (): Promise<unknown> => {
      const asked = { slug: 'echo', inputs: { question: 'x' }, principal: localPrincipal, channel: 'api' } as const;
      const { runId } = await other.publishing.runs.start({ ...asked, trigger: 'api' });
      return (await other.parts.journal.acceptance(runId)).version;
    };
    await publish();
    expect(await answer()).toBe(1);
    const { revision } = await one.workflows.get(id);
    await one.workflows.save(id, echoDocument('Second: '), revision);
    await publish();
    await clock.advance(1_000);
    expect(await answer()).toBe(2);
  });

  it('checks drafts by the connections and workflows of other processes', async () => {
    const { one, other, clock } = await open();
    const document: WorkflowDocument = {
      heddle: 2,
      name: 'Outer',
      nodes: {
        ask: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
        write: { type: 'generate', version: 1, config: { model: 'acme/large' } },
      },
      edges: [{ from: 'ask.question', to: 'write.prompt' }],
    };
    const missing = async (): Promise<boolean> =>
      (await other.compile.issues(document)).some(({ message }) => message.includes("no connection 'acme'"));
    expect(await missing()).toBe(true);
    const acme = Connection.parse({
      id: 'acme',
      kind: 'openai-compatible',
      baseUrl: 'https://acme.example/v1',
      models: [{ name: 'large' }],
    });
    await one.parts.connections.store.add(acme);
    one.grants.set('connection', 'acme', ['default']);
    await clock.advance(1_000);
    expect(await missing()).toBe(false);
  });
});
