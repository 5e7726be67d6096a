import { afterEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { openTwoProcesses, type TwoProcesses } from '../testing/cluster/two-processes.js';
import { createWaitingWorkflow } from '../testing/cluster/waiting-workflow.js';

describe('a kill switch, in two processes on one database', () => {
  let opened: TwoProcesses | undefined;
  const workflow = createWaitingWorkflow();
  afterEach(async () => {
    workflow.letGo();
    await opened?.close();
    opened = undefined;
  });

  it('pauses the runs that it covers in the other process, and refuses new ones there', async () => {
    opened = await openTwoProcesses({
      withStoredJournal: true,
      nodes: [...standardNodes, workflow.node],
      engine: { startRun, resumeRun },
    });
    const [one, other] = opened.processes;
    const ids = new Map<string, string>();
    for (const slug of ['stopped', 'free']) {
      const { id } = await one.workflows.create(workflow.document, slug);
      await one.publishing.versions.publish(slug, { acceptDataMap: true }, localPrincipal);
      ids.set(slug, id);
    }
    const start = async (slug: string): Promise<string> => {
      const asked = { slug, inputs: { question: slug }, principal: localPrincipal, channel: 'api' } as const;
      return (await other.publishing.runs.start({ ...asked, trigger: 'api' })).runId;
    };
    const runs = { stopped: await start('stopped'), free: await start('free') };
    const reach = async (runId: string, status: string): Promise<void> => {
      while ((await one.parts.journal.summary(runId)).status !== status)
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    while (workflow.asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const reply = await one.killSwitches.set('workflow:stopped', 'It leaks.', 'ann');
    // No run is in the process that set the switch.
    expect(reply).toEqual({ target: `workflow:${ids.get('stopped')}`, runs: 0 });
    await reach(runs.stopped, 'paused');
    expect((await other.parts.journal.summary(runs.free)).status).toBe('running');
    await expect(start('stopped')).rejects.toMatchObject({ code: 'kill_switch' });
    workflow.letGo();
    await reach(runs.free, 'done');
  });
});
