import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { labelOf } from '@heddle/core';
import { openTwoProjects, type TwoProjects } from '../security/testing/two-projects.js';

let house: TwoProjects;
beforeAll(async () => {
  house = await openTwoProjects();
});
afterAll(() => house.close());

it('lists the entries and savings of caches, and empties them, each project on its own', async () => {
  const { caches } = house.server.heddle.parts.routing;
  const label = labelOf('internal');
  const own = { name: '', isShared: false };
  for (const project of [house.alpha, house.beta]) {
    const cache = caches.of({ project, workflow: 'w', edition: 'version 1', isPublished: true });
    await cache.set(own, 'k', { value: 1, label, cost: 0.5, currency: 'USD' }, 60_000);
    await cache.set({ name: 'prices', isShared: true }, 'k', { value: 1, label, cost: 2, currency: 'EUR' }, 60_000);
    for (const scope of [own, own, { name: 'prices', isShared: true }]) await cache.get(scope, 'k', label);
  }
  const viewer = house.person({ [house.alpha]: ['viewer'] });
  const editor = house.person({ [house.alpha]: ['editor'], [house.beta]: ['editor'] });
  const listed = await house.call(viewer, 'GET', '/api/caches');
  expect(listed.body).toEqual({
    caches: [
      { project: house.alpha, name: 'prices', entries: 1, hits: 1, saved: { EUR: 2 } },
      { project: house.alpha, workflow: 'w', name: '', entries: 1, hits: 2, saved: { USD: 1 } },
    ],
    hits: 3,
    saved: { USD: 1, EUR: 2 },
  });
  expect((await house.call(editor, 'GET', '/api/caches')).body).toMatchObject({ hits: 6, saved: { USD: 2, EUR: 4 } });
  expect((await house.call(viewer, 'DELETE', '/api/caches')).status).toBe(403);
  const cleared = await house.call(editor, 'DELETE', '/api/caches?workflow=w', undefined, house.alpha);
  expect(cleared.body).toEqual({ cleared: 1 });
  const entries = (await caches.list({ projects: [house.alpha, house.beta] })).map((cache) => cache.entries);
  expect(entries).toEqual([1, 0, 1, 1]);
});
