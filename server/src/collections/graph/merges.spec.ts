import { EntitySuggestionsReply, GraphEntityReply } from '@heddle/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Shown } from '../../security/testing/two-projects.js';
import { openGraphHouse, type GraphHouse } from './testing/graph-house.js';

const texts = [
  { id: 'one', content: 'The maker is VERASTONE.' },
  { id: 'two', content: 'The maker was VERASTONES before.' },
  { id: 'pay', content: 'EVE earns nine.' },
];
const at = (path: string): string => `/api/collections/notes/graph${path}`;
const code = ({ body }: { readonly body: unknown }): unknown => (body as { error?: { code: string } }).error?.code;

let house: GraphHouse;
let runner: Shown;
let editor: Shown;
beforeAll(async () => {
  house = await openGraphHouse();
  runner = house.person({ [house.alpha]: ['runner'] });
  editor = house.person({ [house.alpha]: ['editor'] });
  await house.collection('notes', texts);
  const { body } = await house.ask('PUT', at(''), { options: { model: 'marker' } });
  await house.ended(body['jobId']);
});
afterAll(() => house.close());

const entity = async (id: string): Promise<GraphEntityReply> =>
  GraphEntityReply.parse((await house.ask('GET', at(`/entity?id=${id}`))).body);
const suggestions = async (who?: Shown): Promise<readonly string[]> =>
  EntitySuggestionsReply.parse((await house.ask('GET', at('/suggestions'), undefined, who)).body).suggestions.map(
    ({ one, other, reason }) => `${one.id} ${other.id} ${reason}`,
  );
const pair = { entity: 'verastones', into: 'verastone' };

it('merges entities, separates them, and records both', async () => {
  expect(await suggestions(editor)).toEqual(['verastone verastones spelling']);
  expect((await house.ask('POST', at('/merges'), pair, editor)).status).toBe(204);
  expect(await entity('verastones')).toMatchObject({
    entity: { id: 'verastone', passages: 2 },
    merged: [{ id: 'verastones', name: 'VERASTONES' }],
  });
  expect(await suggestions()).toEqual([]);
  const again = await house.ask('POST', at('/merges'), pair);
  expect([again.status, code(again)]).toEqual([400, 'bad_request']);
  expect((await house.ask('DELETE', at('/merges?id=verastones'), undefined, editor)).status).toBe(204);
  expect(await entity('verastones')).toMatchObject({ entity: { id: 'verastones', passages: 1 }, merged: [] });
  const twice = await house.ask('DELETE', at('/merges?id=verastones'));
  expect([twice.status, code(twice)]).toEqual([409, 'conflict']);
  const apart = { one: 'verastone', other: 'verastones' };
  expect((await house.ask('POST', at('/apart'), apart, editor)).status).toBe(204);
  expect(await suggestions()).toEqual([]);
  const { body: audit } = await house.ask('GET', '/api/audit?kind=collection&limit=50');
  const details = (audit['records'] as { readonly details: unknown }[]).map((record) => record.details);
  expect(details).toContainEqual(expect.objectContaining({ step: 'entities merged', ...pair }));
  expect(details).toContainEqual(expect.objectContaining({ step: 'entity separated', entity: 'verastones' }));
  expect(details).toContainEqual(expect.objectContaining({ step: 'entities kept apart', ...apart }));
});

it('refuses callers who may not write the collection, and entities that they may not see', async () => {
  const theirs = house.key(house.beta);
  for (const [method, path, body] of [
    ['POST', at('/merges'), pair],
    ['DELETE', at('/merges?id=verastones'), undefined],
    ['POST', at('/apart'), { one: 'verastone', other: 'eve' }],
    ['GET', at('/suggestions'), undefined],
  ] as const) {
    expect((await house.ask(method, path, body, runner)).status).toBe(403);
    expect((await house.call(theirs, method, path, body, house.beta)).status).toBe(404);
  }
  await house.ask('PUT', '/api/collections/notes/documents/pay/readers', { readers: [] });
  const hidden = [
    await house.ask('POST', at('/merges'), { entity: 'eve', into: 'verastone' }, editor),
    await house.ask('POST', at('/merges'), { entity: 'nobody', into: 'verastone' }, editor),
    await house.ask('POST', at('/apart'), { one: 'eve', other: 'verastone' }, editor),
    await house.ask('DELETE', at('/merges?id=eve'), undefined, editor),
  ];
  expect(hidden.map((reply) => [reply.status, code(reply)])).toEqual(hidden.map(() => [404, 'graph_missing']));
  expect((await house.ask('POST', at('/merges'), { entity: 'eve' })).status).toBe(400);
});
