/** @jest-environment jsdom */
import type { KeyReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { emptyKey, scopesOf, scopeText, type KeyForm } from './key-form.js';
import { KeysSection } from './KeysSection.js';

const key = (id: string, more: Partial<KeyReply> = {}): KeyReply => ({
  id,
  prefix: `hk_${id}`,
  name: id,
  owner: 'user:ada',
  project: 'default',
  createdAt: 1,
  scopes: { permissions: ['run:published'] },
  ...more,
});
const list = 'GET /api/keys';
const day = 86_400_000;

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { keys: [key('shop')] });
  page.answer('GET /api/services', { services: [{ id: 's1', name: 'Shop server' }] });
  page.answer('GET /api/budgets', { budgets: [] });
  page.answer('GET /api/workflows', {
    workflows: [{ id: 'w', slug: 'letters', name: 'Letters', nodes: 1, issues: 0, updatedAt: 1 }],
  });
});
afterEach(() => page.leave());

const rows = (): readonly string[] => textsOf('tbody tr');

describe('the list of keys', () => {
  it('says that it loads, and what keys are for when there is none', async () => {
    page.answer(list, { keys: [] });
    const release = page.hold(list);
    await page.show(<KeysSection />);
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No API keys yet. Create one for each program');
  });

  it('shows a revoked key without buttons', async () => {
    page.answer(list, { keys: [key('old', { revokedAt: 1 })] });
    await page.show(<KeysSection />);
    expect(rows()[0]).toContain('Revoked');
    expect([button('Revoke old'), button('Change rights of old')]).toEqual([undefined, undefined]);
  });

  it.each(hostileNames)('shows %s in a name as text', async (_case, name) => {
    page.answer(list, { keys: [key('x', { name })] });
    await page.show(<KeysSection />);
    expect(textsOf('tbody strong')).toEqual([name]);
    expect(document.querySelector('tbody img, tbody b')).toBeNull();
  });

  it.each(['editor', 'viewer'] as const)('is not requested for the role %s', async (role) => {
    page.signInAs(role);
    await page.show(<KeysSection />);
    expect(pageText()).toContain('Managing API keys needs');
    expect(page.count(list)).toBe(0);
  });

  it('revokes a key after a confirmation', async () => {
    page.answer('DELETE /api/keys/shop', {});
    await page.show(<KeysSection />);
    await press('Revoke shop');
    expect(dialogTitle()).toBe('Revoke the key “shop”?');
    expect(page.sent()).toEqual([]);
    await press('Revoke key');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/keys/shop', body: undefined }]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('keeps the confirmation open when the key cannot be revoked', async () => {
    page.disconnect('DELETE /api/keys/shop');
    await page.show(<KeysSection />);
    await press('Revoke shop');
    await press('Revoke key');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(dialogTitle()).toBe('Revoke the key “shop”?');
  });
});

describe('a new key', () => {
  const open = async (): Promise<void> => {
    await page.show(<KeysSection />);
    await press('New key');
  };

  it('is sent with its limits, and its secret is shown once', async () => {
    page.answer('POST /api/keys', { key: key('till', { name: 'Till' }), secret: 'hk_till_secret' });
    await open();
    expect(button('Create key')?.disabled).toBe(true);
    await fill('Name', 'Till');
    await fill('Calls per minute', '60');
    await fill('Expires after, in days', '');
    await fill('Acts for', 's1');
    await fill('Allowed web origins', 'https://shop.example\n\n https://pay.example ');
    await press('Create key');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: '/api/keys',
        body: {
          name: 'Till',
          service: 's1',
          scopes: expect.objectContaining({
            ratePerMinute: 60,
            origins: ['https://shop.example', 'https://pay.example'],
          }),
        },
      },
    ]);
    expect((page.sent()[0]?.body as { scopes: object }).scopes).not.toHaveProperty('expiresAt');
    expect(textsOf('dialog code')).toContain('hk_till_secret');
    await cancelDialog();
    expect(textsOf('dialog code')).toContain('hk_till_secret');
    await press('Done');
    expect(pageText()).not.toContain('hk_till_secret');
  });

  it.each([
    ['half a call per minute', 'Calls per minute', '0.5', 'whole number above 0'],
    ['no days', 'Expires after, in days', '0', 'above 0'],
    ['a path as an origin', 'Allowed web origins', 'https://shop.example/pay', 'is not an origin'],
    ['a file as an origin', 'Allowed web origins', 'file:///etc/passwd', 'is not an origin'],
  ])('is not sent with %s', async (_case, name, value, text) => {
    await open();
    await fill('Name', 'Till');
    await fill(name, value);
    await press('Create key');
    expect(page.sent()).toEqual([]);
    expect(alerts().join()).toContain(text);
    expect(field(name)?.getAttribute('aria-invalid')).toBe('true');
  });

  it('keeps the form when the server refuses it', async () => {
    page.refuse('POST /api/keys', 403, 'forbidden', 'You cannot give a right that you do not have.');
    await open();
    await fill('Name', 'Till');
    await press('Create key');
    expect(alerts().join()).toContain('You cannot give a right that you do not have.');
    expect(field('Name')?.value).toBe('Till');
  });

  it('is closed by Escape, and the focus returns to the button', async () => {
    await open();
    await cancelDialog();
    expect(document.activeElement).toBe(button('New key'));
  });
});

describe('the scopes of a key', () => {
  const form = (more: Partial<KeyForm>): KeyForm => ({ ...emptyKey, name: 'x', ...more });

  it.each<[string, Partial<KeyForm>, string]>([
    ['no right', { permissions: [] }, 'permissions'],
    ['no workflow', { workflows: [] }, 'workflows'],
    ['a negative rate', { rate: -1 }, 'rate'],
    ['a rate that is no number', { rate: Number.NaN }, 'rate'],
    ['negative days', { days: -1 }, 'days'],
    ['an origin with a slash', { origins: 'https://a.example/' }, 'origins'],
  ])('name the field with %s', (_case, more, name) => {
    expect(scopesOf(form(more), 0)).toMatchObject({ ok: false, field: name });
  });

  it('contain a clearance only for a key that builds', () => {
    const chosen: Partial<KeyForm> = { permissions: ['workflow:build'], clearance: 'confidential' };
    expect(scopesOf(form(chosen), 0)).toMatchObject({ ok: true, scopes: { clearance: 'confidential' } });
    const other = scopesOf(form({ ...chosen, permissions: ['run:published'] }), 0);
    expect(other.ok && other.scopes.clearance).toBeUndefined();
    expect(scopeText({ permissions: ['workflow:build'], clearance: 'public' }, String, 0)).toContain(
      'Reads up to public while it builds',
    );
  });

  it('expire after the chosen days', () => {
    expect(scopesOf(form({ days: 2 }), 5)).toMatchObject({ ok: true, scopes: { expiresAt: 5 + 2 * day } });
  });

  it.each([
    [0, 'Expired'],
    [1, 'Expires within a day'],
    [day + 1, 'Expires in 2 days'],
  ])('say %s ms after now: %s', (expiresAt, text) => {
    expect(scopeText({ permissions: ['run:read'], expiresAt }, String, 0).at(-1)).toBe(text);
  });
});

describe('the service accounts', () => {
  it('are created with roles', async () => {
    page.answer('POST /api/services', { id: 's2', name: 'Till' });
    await page.show(<KeysSection />);
    await press('New service account');
    await fill('Name', 'Till');
    await tick('editor');
    await press('Create account');
    expect(page.sent()).toEqual([
      { method: 'POST', path: '/api/services', body: { name: 'Till', roles: ['runner', 'editor'] } },
    ]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('need a role', async () => {
    await page.show(<KeysSection />);
    await press('New service account');
    await fill('Name', 'Till');
    await tick('runner');
    expect(button('Create account')?.disabled).toBe(true);
  });

  it('are removed after a confirmation', async () => {
    page.answer('DELETE /api/services/s1', {});
    await page.show(<KeysSection />);
    await press('Remove Shop server');
    expect(pageText()).toContain('Its keys stop working at once and cannot be restored.');
    expect(page.sent()).toEqual([]);
    await press('Remove account');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/services/s1', body: undefined }]);
  });

  it('stay in the list when one cannot be removed', async () => {
    page.refuse('DELETE /api/services/s1', 409, 'conflict', 'It owns schedules.');
    await page.show(<KeysSection />);
    await press('Remove Shop server');
    await press('Remove account');
    expect(alerts().join()).toContain('It owns schedules.');
    expect(textsOf('section .row-title')).toEqual(['Shop server']);
  });
});
