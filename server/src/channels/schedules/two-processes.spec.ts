import { afterEach, describe, expect, it } from '@jest/globals';
import { localPrincipal, ScheduleConfig } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { echoDocument } from '../../testing/echo-document.js';
import { openTwoProcesses, type TwoProcesses } from '../../testing/cluster/two-processes.js';

describe('a schedule, in two processes on one database', () => {
  let opened: TwoProcesses | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  async function open() {
    opened = await openTwoProcesses({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    const [one, other] = opened.processes;
    await one.workflows.create(echoDocument(), 'echo');
    await one.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    const runs = async (): Promise<number> => (await one.runs.list({ trigger: ['schedule'] })).length;
    const config = ScheduleConfig.parse({
      name: 'Each minute',
      cron: '* * * * *',
      inputs: { question: 'at {{ time }}' },
    });
    const create = () => one.channels.schedules.create('echo', config, localPrincipal);
    return { ...opened, one, other, runs, create };
  }

  it('starts one run per time, in the process with the lease, and in another process after it', async () => {
    const { one, other, pass, runs, create, leases } = await open();
    other.channels.start();
    await pass(1);
    const holder = leases.holderOf('schedules');
    one.channels.start();
    // The schedule is made in the process without the lease.
    await create();
    await pass(61);
    expect([await runs(), leases.holderOf('schedules')]).toEqual([1, holder]);
    await other.channels.stop();
    await pass(61);
    expect(await runs()).toBe(2);
    expect(leases.holderOf('schedules')).not.toBe(holder);
    await one.channels.stop();
  });

  it('starts one run per time even if both processes believe that they have the lease', async () => {
    const { one, other, pass, runs, create } = await open();
    await create();
    for (const { channels } of [one, other]) channels.schedules.start();
    await pass(121);
    expect(await runs()).toBe(2);
    for (const { channels } of [one, other]) await channels.schedules.stop();
  });
});
