import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';

const kinds = {
  hooks: { name: 'CRM', inputs: { question: '{{ body.question }}' } },
  webhooks: { name: 'Warehouse', url: 'https://example.com/heddle' },
  schedules: { name: 'Morning', cron: '0 8 * * *', inputs: { question: 'hi' } },
};

describe.each(Object.entries(kinds))('a deleted trigger among %s', (kind, body) => {
  let clock: FakeClock;
  let house: TwoProjects;
  let editor: Shown;
  let other: Shown;
  let workflow: string;
  let path: string;
  let id: string;
  beforeEach(async () => {
    clock = createFakeClock();
    house = await openTwoProjects({ clock });
    editor = house.person({ [house.alpha]: ['owner'] });
    other = house.person({ [house.beta]: ['owner'] });
    house.server.heddle.deletions.start();
    ({ id: workflow } = await house.published(house.alpha, echoDocument()));
    path = `/api/workflows/${workflow}/${kind}`;
    const made = await call(editor, 'POST', path, body);
    id = String(made.body.id);
    expect(made.status).toBe(201);
  });
  afterEach(() => house.close());

  const call = (who: Shown, method: string, address: string, sent?: unknown) => house.call(who, method, address, sent);
  const remove = (who = editor) => call(who, 'DELETE', `${path}/${id}?undo=true`);
  const restore = (who = editor) => call(who, 'POST', `${path}/${id}/restore`);
  const listed = async (): Promise<readonly unknown[]> =>
    z.array(z.unknown()).parse((await call(editor, 'GET', path)).body[kind]);
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await house.server.heddle.deletions.sweep();
  };
  const steps = async (): Promise<unknown[]> =>
    (await house.server.heddle.audit.list({ subject: `workflow:${workflow}` }))
      .map(({ details }) => (typeof details === 'object' && details !== null && 'step' in details ? details.step : ''))
      .filter((step) => String(step).includes('trigger') || String(step).includes('removed'));

  it('is hidden, and restored unchanged', async () => {
    const before = await listed();
    expect((await remove()).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await call(editor, 'PUT', `${path}/${id}`, body)).status).toBe(404);
    expect((await remove()).status).toBe(404);
    await pass(9_000);
    expect(await restore()).toMatchObject({ status: 200, body: { id, name: body.name } });
    await pass(60_000);
    expect(await listed()).toMatchObject(before.map(() => ({ id, name: body.name })));
    expect(await steps()).toEqual(['trigger restored', 'trigger deleted']);
  });

  it('is removed after its time', async () => {
    await remove();
    await pass(15_000);
    expect((await restore()).status).toBe(404);
    expect(house.server.heddle.parts.deletions.list('trigger')).toEqual([]);
    expect(await house.server.heddle.parts.channels.store.findDeleted(id)).toBeUndefined();
    expect(await listed()).toEqual([]);
    expect(await steps()).toEqual([`${kind.slice(0, -1)} removed`, 'trigger deleted']);
  });

  it('cannot be restored from another project, by a viewer, or as part of another workflow or kind', async () => {
    expect([403, 404]).toContain((await remove(other)).status);
    await remove();
    expect([403, 404]).toContain((await restore(other)).status);
    expect((await restore(house.person({ [house.alpha]: ['viewer'] }))).status).toBe(403);
    const { id: second } = await house.published(house.alpha, echoDocument());
    expect((await call(editor, 'POST', `/api/workflows/${second}/${kind}/${id}/restore`)).status).toBe(404);
    const wrong = kind === 'hooks' ? 'schedules' : 'hooks';
    expect((await call(editor, 'POST', `/api/workflows/${workflow}/${wrong}/${id}/restore`)).status).toBe(404);
    expect(await listed()).toEqual([]);
  });

  it('is removed with its workflow', async () => {
    await remove();
    await call(editor, 'DELETE', `/api/workflows/${workflow}`);
    await pass(15_000);
    expect(house.server.heddle.parts.deletions.list('trigger')).toEqual([]);
  });
});

describe('a deleted trigger', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let editor: Shown;
  beforeEach(async () => {
    clock = createFakeClock();
    house = await openTwoProjects({ clock });
    editor = house.person({ [house.alpha]: ['owner'] });
  });
  afterEach(() => house.close());

  it('is unknown at its address, and its receiver gets no message of a run', async () => {
    const { id: workflow, slug } = await house.published(house.alpha, echoDocument());
    const path = `/api/workflows/${workflow}`;
    const hook = (await house.call(editor, 'POST', `${path}/hooks`, kinds.hooks)).body.id;
    const webhook = (await house.call(editor, 'POST', `${path}/webhooks`, kinds.webhooks)).body.id;
    await house.call(editor, 'DELETE', `${path}/hooks/${hook}?undo=true`);
    await house.call(editor, 'DELETE', `${path}/webhooks/${webhook}?undo=true`);
    expect((await house.call(editor, 'POST', `/v1/hooks/${hook}`, { question: 'hi' })).status).toBe(404);
    expect((await house.call(editor, 'POST', `/v1/workflows/${slug}`, { question: 'hi' })).status).toBe(200);
    expect(await house.server.heddle.parts.channels.outbox.list(String(webhook), undefined, 10)).toEqual([]);
    await house.call(editor, 'POST', `${path}/hooks/${hook}/restore`);
    await house.call(editor, 'POST', `${path}/webhooks/${webhook}/restore`);
    // The webhook is known again, and requires its signature.
    expect((await house.call(editor, 'POST', `/v1/hooks/${hook}`, { question: 'hi' })).body.code).toBe(
      'signature_invalid',
    );
    expect((await house.call(editor, 'POST', `/v1/workflows/${slug}`, { question: 'hi' })).status).toBe(200);
    expect(await house.server.heddle.parts.channels.outbox.list(String(webhook), undefined, 10)).toHaveLength(1);
  });
});
