import type { Role, WorkflowDocument } from '@heddle/core';
import { signStandard } from '../../channels/webhooks/sign.js';
import type { TestReply } from '../test-server.js';
import type { Shown } from '../../security/testing/two-projects.js';
import type { ReachHouse, Side } from './house.js';

/** What a caller can learn from a run that they start: the reply, and everything that the run wrote. */
export interface Learned {
  readonly status: number;
  readonly text: string;
  readonly runId: string | undefined;
}

/** Starts a run in a project as a certain principal, through a certain channel. */
export type Channel = (house: ReachHouse, side: Side, document: WorkflowDocument, id: string) => Promise<Learned>;

async function learned(house: ReachHouse, { status, body }: TestReply, given?: string): Promise<Learned> {
  const { runs } = house.server.heddle;
  const runId = given ?? (typeof body === 'object' ? (body.runId as string | undefined) : undefined);
  if (runId === undefined) return { status, text: JSON.stringify(body), runId };
  await runs.settled(runId);
  const events = await house.server.heddle.parts.journal.events(runId);
  return { status, text: JSON.stringify([body, events]), runId };
}

const person =
  (role: Role) =>
  (house: ReachHouse, side: Side): Shown =>
    house.person({ [house.projectOf(side)]: [role] });

const draftOf =
  (who: (house: ReachHouse, side: Side) => Shown): Channel =>
  async (house, side, document, id) => {
    const workflow = await house.workflow(house.projectOf(side), document);
    const reply = await house.call(who(house, side), 'POST', `/api/workflows/${workflow}/runs?wait=1`, {
      inputs: { id },
    });
    return learned(house, reply, reply.body.summary?.runId);
  };

const documentOf =
  (who: (house: ReachHouse, side: Side) => Shown): Channel =>
  async (house, side, document, id) => {
    const body = { document, inputs: { id } };
    const reply = await house.call(who(house, side), 'POST', '/api/runs?wait=1', body, house.projectOf(side));
    return learned(house, reply, reply.body.summary?.runId);
  };

const publishedOf =
  (who: (house: ReachHouse, side: Side, workflow: string) => Shown): Channel =>
  async (house, side, document, id) => {
    const { id: workflow, slug } = await house.published(house.projectOf(side), document);
    return learned(house, await house.call(who(house, side, workflow), 'POST', `/v1/workflows/${slug}`, { id }));
  };

const owner = (house: ReachHouse, side: Side): Shown => person('owner')(house, side);

/** Every kind of principal that can start a run, and every channel through which a run starts. */
export const channels: Readonly<Record<string, Channel>> = {
  'an owner runs a draft': draftOf(person('owner')),
  'an owner runs a document': documentOf(person('owner')),
  'an editor runs a draft': draftOf(person('editor')),
  'an editor runs a document': documentOf(person('editor')),
  'a runner calls a version': publishedOf(person('runner')),
  'a default key calls a version': publishedOf((house, side) => house.key(house.projectOf(side))),
  'a narrowed key calls a version': publishedOf((house, side, workflow) =>
    house.key(house.projectOf(side), { workflows: [workflow] }),
  ),
  'a key speaks for a user': publishedOf((house, side) => ({
    ...house.key(house.projectOf(side), { permissions: ['run:published', 'speak-for-users'] }),
    'heddle-end-user': 'ada',
  })),
  'a client of AG-UI calls a version': async (house, side, document, id) => {
    const { slug } = await house.published(house.projectOf(side), document);
    const body = { threadId: 'reach', runId: 'reach', messages: [], state: { id } };
    const reply = await house.call(house.key(house.projectOf(side)), 'POST', `/v1/workflows/${slug}/ag-ui`, body);
    const runId = /"metadata":\{"heddle":\{"runId":"([^"]+)"/.exec(String(reply.body))?.[1];
    return learned(house, reply, runId);
  },
  'an agent calls a version by A2A': async (house, side, document, id) => {
    const { slug } = await house.published(house.projectOf(side), document);
    const message = { messageId: 'reach', role: 'ROLE_USER', parts: [{ data: { id } }] };
    const body = { jsonrpc: '2.0', id: 1, method: 'SendMessage', params: { message } };
    const who = { ...house.key(house.projectOf(side)), 'a2a-version': '1.0' };
    const reply = await house.call(who, 'POST', `/v1/workflows/${slug}/a2a`, body);
    return learned(house, reply, reply.body.result?.task?.id);
  },
  'a service account calls a version': publishedOf((house, side) => {
    const { tables, identity } = house.server.heddle.parts;
    const { projects, keys } = identity;
    const project = house.projectOf(side);
    const robot = projects.write.createService('Robot');
    const owner = `service:${robot.service.id}`;
    const scopes = { permissions: ['run:published' as const] };
    const { secret, writes } = keys.write.create({ name: 'robot', owner, project, scopes });
    tables.apply([...robot.writes, ...projects.write.setRoles(project, owner, ['runner']), ...writes]);
    return { authorization: `Bearer ${secret}` };
  }),
  'an anonymous user comes by a link': async (house, side, document, id) => {
    const { id: workflow } = await house.published(house.projectOf(side), document);
    const made = await house.call(owner(house, side), 'POST', `/api/workflows/${workflow}/shares`, { name: 'Page' });
    const visit = { 'heddle-session': 'a-visitor-of-the-page-0001' };
    const begun = await house.call(visit, 'POST', `/v1/share/${made.body.token}/runs`, { id });
    return learned(house, begun);
  },
  'a schedule begins a run': async (house, side, document, id) => {
    const { id: workflow } = await house.published(house.projectOf(side), document);
    const who = owner(house, side);
    const made = await house.call(who, 'POST', `/api/workflows/${workflow}/schedules`, {
      name: 'Yearly',
      cron: '0 0 1 1 *',
      inputs: { id },
    });
    return learned(house, await house.call(who, 'POST', `/api/workflows/${workflow}/schedules/${made.body.id}/run`));
  },
  'a webhook begins a run': async (house, side, document, id) => {
    const { id: workflow } = await house.published(house.projectOf(side), document);
    const { body: hook } = await house.call(owner(house, side), 'POST', `/api/workflows/${workflow}/hooks`, {
      name: 'In',
    });
    const body = JSON.stringify({ id });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signed = signStandard(hook.secret as string, { id: 'm1', timestamp, body: Buffer.from(body) });
    return learned(
      house,
      await house.server.call('POST', hook.path as string, body, { ...signed, 'content-type': 'application/json' }),
    );
  },
  'a file of requests begins a run': async (house, side, document, id) => {
    const { slug } = await house.published(house.projectOf(side), document);
    const who = house.key(house.projectOf(side));
    const request = { model: slug, messages: [{ role: 'user', content: id }] };
    const line = { custom_id: 'reach', method: 'POST', url: '/v1/chat/completions', body: request };
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new Blob([JSON.stringify(line)]), 'reach.jsonl');
    const sent = await fetch(`${house.server.address}/v1/files`, { method: 'POST', headers: who, body: form });
    const file = (await sent.json()) as { readonly id: string };
    const asked = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' };
    let { status, body } = await house.call(who, 'POST', '/v1/batches', asked);
    for (let attempt = 0; attempt < 400 && status === 200 && body.completed_at === null; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      ({ status, body } = await house.call(who, 'GET', `/v1/batches/${String(body.id)}`));
    }
    const result = String(body.output_file_id ?? body.error_file_id);
    const results = await house.call(who, 'GET', `/v1/files/${result}/content`);
    const runId = /"request_id":"([^"]+)"/.exec(String(results.body))?.[1];
    return learned(house, { ...results, status, body: { results: String(results.body) } }, runId);
  },
  'a batch begins a run': async (house, side, document, id) => {
    const { id: workflow } = await house.published(house.projectOf(side), document);
    const who = owner(house, side);
    const made = await house.call(who, 'POST', `/api/workflows/${workflow}/batches`, { name: 'All', rows: [{ id }] });
    const path = `/api/workflows/${workflow}/batches/${made.body.id}`;
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const { body } = await house.call(who, 'GET', `${path}/rows`);
      const [row] = body.rows as { runId?: string; status: string }[];
      if (row !== undefined && ['done', 'failed', 'cancelled'].includes(row.status))
        return learned(house, { ...made, body: { row } }, row.runId);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('The batch did not end.');
  },
};

/** A program that builds workflows runs a draft with samples. It reaches what the project has, but has no effects outside. */
export const builder: Channel = async (house, side, document, id) => {
  const workflow = await house.workflow(house.projectOf(side), document);
  const who = house.key(house.projectOf(side), { permissions: ['workflow:build'], clearance: 'restricted' });
  const args = { arguments: { workflow, inputs: { id } } };
  const reply = await house.call(who, 'POST', '/api/build/tools/run_workflow', args);
  return learned(house, reply, reply.body.result?.runId);
};

const builderKey = (house: ReachHouse, side: Side): Shown =>
  house.key(house.projectOf(side), { permissions: ['workflow:build', 'run:draft', 'run:document'] });

/** Principals that can start no run, because their roles do not have the right. */
export const powerless: Readonly<Record<string, Channel>> = {
  'a runner runs a draft': draftOf(person('runner')),
  'a runner runs a document': documentOf(person('runner')),
  'a default key runs a draft': draftOf((house, side) => house.key(house.projectOf(side))),
  'a key that builds runs a draft by the API': draftOf(builderKey),
  'a key that builds runs a document by the API': documentOf(builderKey),
  'a default key runs a document': documentOf((house, side) => house.key(house.projectOf(side))),
  ...Object.fromEntries(
    (['viewer', 'approver', 'auditor'] as const).flatMap((role) => [
      [`a ${role} runs a draft`, draftOf(person(role))],
      [`a ${role} runs a document`, documentOf(person(role))],
      [`a ${role} calls a version`, publishedOf(person(role))],
    ]),
  ),
};
