/** @jest-environment jsdom */
import { RoutePolicy } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { factText } from './CandidateFacts.js';
import { PoliciesPage } from './PoliciesPage.js';
import { PolicyPage } from './PolicyPage.js';
import { undoStore } from '../../ui/states/undo-store.js';

const policy = (more: object = {}): RoutePolicy =>
  RoutePolicy.parse({ name: 'house', candidates: [{ model: 'small' }, { model: 'office/large' }], ...more });
const list = 'GET /api/policies';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { policies: [policy()] });
  page.answer('GET /api/policies/house', policy());
  page.answer('GET /api/connections', { connections: [] });
  page.answer('GET /api/models', { models: [] });
  page.answer('POST /api/policies/facts', { facts: [] });
});
afterEach(() => {
  page.leave();
  window.history.replaceState(null, '', '/');
});

/** The requests that change something; measurements and replays only read. */
const changes = () => page.sent().filter(({ method }) => method !== 'POST');

describe('the list of policies', () => {
  it('says that it loads, and then that there are no policies', async () => {
    page.answer(list, { policies: [] });
    const release = page.hold(list);
    await page.show(<PoliciesPage />);
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No policies yet.');
  });

  it('shows the order, the preference and the conditions', async () => {
    const candidates = [
      { model: 'small', when: [{ fact: 'latency', is: 'at-most', value: 4000 }] },
      { model: 'office/large', when: [] },
    ];
    page.answer(list, { policies: [policy({ candidates, prefer: 'cheapest', explore: 0.05 })] });
    await page.show(<PoliciesPage />);
    expect(pageText()).toContain('The cheapest; 5 % of calls measure the second-best candidate');
    expect(textsOf('.policy-chain > li')).toEqual([
      'small when measured latency, p95 is at most 4,000 ms',
      'office/large',
    ]);
  });

  it.each([
    ['owner', true],
    ['viewer', false],
  ] as const)('offers a new policy to the role %s: %s', async (role, isOffered) => {
    page.signInAs(role);
    await page.show(<PoliciesPage />);
    expect(textsOf('.connection-name')).toEqual(['house']);
    expect(button('Add policy') !== undefined).toBe(isOffered);
  });

  it('shows an error, and loads again', async () => {
    page.disconnect(list);
    await page.show(<PoliciesPage />);
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer(list, { policies: [policy()] });
    await press('Retry');
    expect(textsOf('.connection-name')).toEqual(['house']);
  });

  it.each(hostileNames)('shows %s in a model as text', async (_case, name) => {
    const model = name.slice(0, 200);
    page.answer(list, { policies: [policy({ candidates: [{ model }] })] });
    await page.show(<PoliciesPage />);
    expect(textsOf('.policy-chain .mono')).toEqual([model]);
    expect(document.querySelector('.policy-chain img, .policy-chain b')).toBeNull();
  });
});

describe('a stored policy', () => {
  const show = (name = 'house'): Promise<void> => page.show(<PolicyPage name={name} />);

  it('says that it loads', async () => {
    const release = page.hold('GET /api/policies/house');
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(field('Name')?.value).toBe('house');
    expect((field('Name') as HTMLInputElement).readOnly).toBe(true);
  });

  it('says what its difficulty was learned from', async () => {
    const measured = { share: 0.68, loss: 0.6, low: 0, high: 1.8 };
    const weights = Array.from({ length: 10 }, () => 0);
    const boundary = { embedding: 'e', weights, bias: 0, training: 't1', trainedAt: 1, rows: 500, measured };
    page.answer('GET /api/policies/house', policy({ boundary }));
    await show();
    expect(pageText()).toContain('learned from 500 requests');
    expect(pageText()).toContain('kept 68 % with the first candidate and lost at most 1.8 points');
  });

  it('that does not exist leads to the list', async () => {
    page.refuse('GET /api/policies/none', 404, 'policy_not_found', 'There is no such policy.');
    await show('none');
    expect(pageText()).toContain('The policy “none” does not exist.');
    expect(button('Go to all policies')?.getAttribute('href')).toBe('/policies');
  });

  it('shows why it cannot be loaded, and tries again', async () => {
    page.disconnect('GET /api/policies/house');
    await show();
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer('GET /api/policies/house', policy());
    await press('Retry');
    expect(field('Name')?.value).toBe('house');
  });

  it('is saved with its candidates in their new order', async () => {
    page.answer('PUT /api/policies/house', policy());
    await show();
    await press('Move office/large up');
    await fill('Prefer', 'fastest');
    await fill('Exploration, in %', '90');
    await press('Save policy');
    expect(changes()).toEqual([
      {
        method: 'PUT',
        path: '/api/policies/house',
        body: {
          name: 'house',
          prefer: 'fastest',
          explore: 0.5,
          candidates: [
            { model: 'office/large', when: [] },
            { model: 'small', when: [] },
          ],
        },
      },
    ]);
    expect(pageText()).toContain('Saved. Route nodes that use this policy follow it from now on.');
  });

  it('moves candidates only within the list, and keeps the last one', async () => {
    await show();
    expect(button('Move small up')?.disabled).toBe(true);
    expect(button('Move small down')?.disabled).toBe(false);
    expect(button('Move office/large down')?.disabled).toBe(true);
    await press('Remove small');
    expect(button('Remove office/large')?.disabled).toBe(true);
  });

  it('gets and loses conditions', async () => {
    page.answer('PUT /api/policies/house', policy());
    await show();
    await press('Only when… a condition of small is met');
    await fill('Fact of a condition for small', 'tokens');
    await fill('Length: comparison for small', 'at-least');
    await fill('Length: value for small', '500');
    await press('and when… a condition of small is met');
    await press('Remove the condition on Label of the data');
    await press('Save policy');
    expect(changes()[0]?.body).toMatchObject({
      candidates: [{ model: 'small', when: [{ fact: 'tokens', is: 'at-least', value: 500 }] }, {}],
    });
  });

  it('is not saved with a candidate without a model', async () => {
    await show();
    await press('Add candidate');
    expect(alerts()).toEqual([]);
    await press('Save policy');
    expect(alerts()).toEqual(['Select a model.']);
    expect(pageText()).toContain('Some fields have errors.');
    expect(changes()).toEqual([]);
  });

  it.each([
    [409, 'conflict', 'Somebody changed the policy.'],
    [403, 'forbidden', 'Your role does not allow this.'],
  ])('keeps the form when saving is refused with %s', async (status, code, message) => {
    page.refuse('PUT /api/policies/house', status, code, message);
    await show();
    await fill('Prefer', 'best');
    await press('Save policy');
    expect(alerts().join()).toContain(message);
    expect(field('Prefer')?.value).toBe('best');
    expect(pageText()).not.toContain('Saved.');
  });

  it('is deleted after a confirmation, and then the list opens', async () => {
    page.answer('DELETE /api/policies/house', {});
    await show();
    await press('Delete');
    expect(dialogTitle()).toBe('Delete house?');
    expect(changes()).toEqual([]);
    await press('Delete policy');
    expect(changes()).toEqual([{ method: 'DELETE', path: '/api/policies/house', body: undefined }]);
    expect(window.location.pathname).toBe('/policies');
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('the policy “house”');
    page.answer('PUT /api/policies/house', { name: 'house' });
    await offer?.restore();
    expect(changes().at(-1)).toMatchObject({ method: 'PUT', path: '/api/policies/house', body: { name: 'house' } });
  });

  it('is read-only for a viewer', async () => {
    page.signInAs('viewer');
    await show();
    expect(document.querySelector<HTMLFieldSetElement>('fieldset.sheet-locked')?.disabled).toBe(true);
    expect([button('Save policy'), button('Delete')]).toEqual([undefined, undefined]);
    expect(pageText()).toContain('Read-only.');
  });
});

describe('a new policy', () => {
  it('needs a name and a model', async () => {
    await page.show(<PolicyPage name={undefined} />);
    expect(alerts()).toEqual([]);
    await press('Save policy');
    expect(alerts()).toEqual(['Enter a name. Route nodes use it.', 'Select a model.']);
    expect(changes()).toEqual([]);
    expect(button('Delete')).toBeUndefined();
  });
});

describe('the measurements of a candidate', () => {
  const fact = {
    model: 'm',
    isAvailable: true,
    isLocal: false,
    clearance: 'internal',
    contextTokens: 8000,
    circuit: 'closed',
    queue: 0,
  } as const;

  it.each([
    ['that is not available', { isAvailable: false, reason: 'no key' }, ['Unavailable: no key']],
    ['without a known reason', { isAvailable: false }, ['Unavailable: unknown reason']],
    ['whose connection is paused', { circuit: 'open' }, ['Its connection is paused after failures']],
    ['without measurements', {}, ['speed not measured yet', 'not rated yet', 'no price known']],
    ['on this machine', { isLocal: true, price: { input: 0, output: 0, currency: 'USD' } }, ['local', 'no cost']],
    ['with one call', { latency: { samples: 1, p50: 100, p95: 200 } }, ['p50 100 ms, p95 200 ms of 1 call']],
    ['with a first token', { latency: { samples: 2, p50: 1, p95: 2, firstTokenP50: 50 } }, ['first token 50 ms']],
    ['with ratings', { quality: { samples: 4, mean: 0.756 } }, ['rated 76 % by 4']],
    ['with one waiting call', { queue: 1 }, ['1 call waiting']],
    ['with waiting calls', { queue: 3 }, ['3 calls waiting']],
  ])('%s are written as text', (_case, more, text) => {
    expect(factText({ ...fact, ...more } as never)).toEqual(expect.arrayContaining(text));
  });
});
