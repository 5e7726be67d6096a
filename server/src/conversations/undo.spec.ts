import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { labelOf } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';

const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

describe('a deletion that can be undone', () => {
  let clock: FakeClock;
  let house: TwoProjects;
  let editor: Shown;
  let other: Shown;
  beforeEach(async () => {
    clock = createFakeClock();
    house = await openTwoProjects({ clock });
    editor = house.person({ [house.alpha]: ['owner'] });
    other = house.person({ [house.beta]: ['owner'] });
    house.server.heddle.deletions.start();
  });
  afterEach(() => house.close());

  const call = (who: Shown, method: string, path: string) => house.call(who, method, path);
  /** Moves the clock, and waits until what is due has been removed. */
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await house.server.heddle.deletions.sweep();
  };
  const steps = async (subject: string): Promise<unknown[]> =>
    (await house.server.heddle.audit.list({ kinds: ['erase'], subject })).map(({ details }) =>
      typeof details === 'object' && details !== null && 'step' in details ? details.step : undefined,
    );

  describe('of a conversation', () => {
    let workflow: string;
    let id: string;
    const turn = (content: string) => [{ message: { role: 'user' as const, content }, label: labelOf('internal') }];
    const store = () => house.server.heddle.parts.conversations;
    const memory = () => store().memory(id, 'r');
    beforeEach(async () => {
      workflow = await house.workflow(house.alpha, echoDocument());
      ({ id } = await store().begin({ project: house.alpha, workflow, subject: 'end-user:ann' }, { title: 'tea' }));
      await memory().append(turn('Hello'), { idempotencyKey: '1' });
    });
    const listed = async () => ids((await call(editor, 'GET', '/api/conversations?limit=1')).body.conversations);

    it('hides the conversation until it is restored', async () => {
      expect((await call(editor, 'DELETE', `/api/conversations/${id}?undo=true`)).body).toEqual({
        conversations: 1,
        turns: 1,
      });
      await pass(9_000);
      expect(await listed()).toEqual([]);
      expect((await call(editor, 'GET', `/api/conversations/${id}`)).status).toBe(404);
      expect((await call(other, 'POST', `/api/conversations/${id}/restore`)).status).toBe(404);
      expect((await call(editor, 'POST', `/api/conversations/${id}/restore`)).status).toBe(204);
      expect(await listed()).toEqual([id]);
      expect((await memory().read()).turns).toHaveLength(1);
    });

    it('becomes an erasure after its time', async () => {
      await call(editor, 'DELETE', `/api/conversations/${id}?undo=true`);
      await pass(15_000);
      expect((await call(editor, 'POST', `/api/conversations/${id}/restore`)).status).toBe(404);
      expect(await steps(`conversation:${id}`)).toEqual(['conversations', 'conversation deleted']);
    });

    it('refuses messages of its run, and changes of others, meanwhile', async () => {
      await call(editor, 'DELETE', `/api/conversations/${id}?undo=true`);
      await expect(memory().append(turn('Hello again'), { idempotencyKey: '2' })).rejects.toMatchObject({
        code: 'thread_not_found',
      });
      await expect(memory().read()).rejects.toMatchObject({ code: 'thread_not_found' });
      expect(await store().claim(id, 'r2', undefined)).toBe(false);
      await expect(store().rename(id, 'New')).rejects.toMatchObject({ code: 'thread_not_found' });
      await call(editor, 'POST', `/api/conversations/${id}/restore`);
      expect((await memory().read()).turns).toHaveLength(1);
    });

    it('is final when conversations are erased, which stays immediate', async () => {
      await call(editor, 'DELETE', `/api/conversations/${id}?undo=true`);
      await call(editor, 'DELETE', '/api/conversations?subject=end-user:ann');
      expect((await call(editor, 'POST', `/api/conversations/${id}/restore`)).status).toBe(404);
    });
  });
});
