import { HookConfig, HooksReply, localPrincipal, ScheduleConfig, SchedulesReply, type Principal } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { echoDocument } from '../testing/echo-document.js';
import type { TestServer } from '../testing/test-server.js';
import { openPublished } from './testing/open-published.js';

let server: TestServer;
beforeEach(async () => {
  server = await openPublished();
});
afterEach(() => server.close());

const at = '/api/workflows/echo';
const hook = (inputs?: object) => ({ name: 'Shop', ...(inputs === undefined ? {} : { inputs }) });
const schedule = (inputs: object) => ({ name: 'Hourly', cron: '0 * * * *', inputs });
const send = (method: string, path: string, body?: unknown) => server.call(method, `${at}/${path}`, body);

/** Publishes the same workflow, with another name for its one input. */
async function publishWith(input: string): Promise<void> {
  const { id } = await server.heddle.workflows.get('echo');
  const text = JSON.stringify(echoDocument());
  const renamed = text
    .replace('"fields":[{"name":"question"', `"fields":[{"name":"${input}"`)
    .replaceAll('"question.question"', `"question.${input}"`);
  await server.heddle.workflows.save(id, JSON.parse(renamed), undefined);
  await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
}

describe('the inputs of a webhook or a schedule', () => {
  it.each([
    ['schedules', schedule({ question: 'hi', colour: 'red' }), 'input_unknown', 'It takes question'],
    ['schedules', schedule({}), 'input_missing', "'question' is missing"],
    ['schedules', schedule({ question: ['hi'] }), 'input_type', 'type Text'],
    ['schedules', schedule({ question: ' ' }), 'input_empty', 'write something'],
    [
      'schedules',
      schedule({ question: '{{ env.HOME }}' }),
      'template_invalid',
      "'{{ env.HOME }}' names nothing that is known here: there are {{ time }} and {{ schedule }}",
    ],
    ['hooks', hook({ question: '{{ body.text }}', colour: '{{ body.colour }}' }), 'input_unknown', 'colour'],
    ['hooks', hook({}), 'input_missing', "'question' is missing"],
    ['hooks', hook({ question: { deep: 1 } }), 'input_type', 'type Text'],
    [
      'hooks',
      hook({ question: '{{ env.HOME }}' }),
      'template_invalid',
      "'{{ env.HOME }}' names nothing that is known here: there are {{ body }} and {{ headers }}",
    ],
  ])('must match the live version: %s %j is refused', async (kind, body, code, message) => {
    const refused = await send('POST', kind, body);
    expect([refused.status, refused.body.error.code]).toEqual([422, code]);
    expect(refused.body.error.message).toContain(message);
    expect(refused.body.error.details.field).toBe('inputs');
    expect((await send('GET', kind)).body[kind]).toEqual([]);
  });

  it('may come from the message or the time, and a webhook needs no mapping', async () => {
    for (const [kind, body] of [
      ['schedules', schedule({ question: 'at {{ time }} by {{ schedule }}' })],
      ['hooks', hook({ question: 'Issue {{ body.title }} by {{ headers.x-by? }}' })],
      ['hooks', hook()],
    ] as const) {
      const made = await send('POST', kind, body);
      expect([made.status, made.body.problems]).toEqual([201, []]);
    }
  });

  it('are checked again when the workflow changes: the problems are listed, and it can be paused or corrected', async () => {
    const made = (await send('POST', 'schedules', schedule({ question: 'hi' }))).body;
    const mapped = (await send('POST', 'hooks', hook({ question: '{{ body.text }}' }))).body;
    await publishWith('topic');
    const [broken] = SchedulesReply.parse((await send('GET', 'schedules')).body).schedules;
    expect(broken?.problems).toMatchObject([{ code: 'input_unknown', input: 'question' }]);
    const { hooks } = HooksReply.parse((await send('GET', 'hooks')).body);
    expect(hooks[0]?.problems).toMatchObject([{ code: 'input_unknown', message: expect.stringContaining('topic') }]);

    const change = (config: object) => send('PUT', `schedules/${made.id}`, config);
    expect((await change({ ...schedule({ question: 'hi' }), name: 'Other' })).body.error.code).toBe('input_unknown');
    expect((await change({ ...schedule({ question: 'hi' }), isPaused: true })).status).toBe(200);
    expect((await change(schedule({ topic: 'hi' }))).body.problems).toEqual([]);
    expect((await send('PUT', `hooks/${mapped.id}`, hook({ topic: '{{ body.text }}' }))).body.problems).toEqual([]);
  });

  it('are checked later when no version is live, which a problem says', async () => {
    await send('POST', 'live', { live: null });
    const made = await send('POST', 'schedules', schedule({ colour: 'red' }));
    expect(made.status).toBe(201);
    expect(made.body.problems).toMatchObject([{ code: 'not_published' }]);
  });
});

describe('the person who makes a webhook or a schedule', () => {
  it('must have the right to start its runs', async () => {
    const { heddle } = server;
    const { project = '' } = await heddle.ownership.resourceOf('workflow', (await heddle.workflows.get('echo')).id);
    const approver: Principal = { kind: 'user', id: 'user:a', name: 'Ann', roles: new Map([[project, ['approver']]]) };
    const forbidden = {
      code: 'forbidden',
      message: expect.stringMatching(/'Ann' may not start runs.*'run:published'/),
    };
    const { hooks, schedules } = heddle.channels;
    await expect(hooks.create('echo', HookConfig.parse(hook()), approver)).rejects.toMatchObject(forbidden);
    const times = ScheduleConfig.parse(schedule({ question: 'hi' }));
    await expect(schedules.create('echo', times, approver)).rejects.toMatchObject(forbidden);
    expect([await hooks.list('echo'), await schedules.list('echo')]).toEqual([[], []]);
  });
});
