/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { SecretsPage } from './SecretsPage.js';

const card = (name: string, more: object = {}) => ({
  name,
  owner: 'default',
  hosts: ['crm.example'],
  uses: ['request'],
  source: { kind: 'stored' },
  needsHost: false,
  updatedAt: 1,
  usedBy: [],
  ...more,
});
const list = 'GET /api/secrets';
const shared = 'GET /api/secrets?owner=installation';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { secrets: [card('crm')], names: [] });
  page.answer(shared, { secrets: [], names: [] });
});
afterEach(() => page.leave());

describe('the page of secrets', () => {
  it('loads both lists, and says when they are empty', async () => {
    page.answer(list, { secrets: [], names: [] });
    const release = page.hold(list);
    await page.show(<SecretsPage />);
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No secrets yet.');
    expect(pageText()).toContain('No shared secrets yet.');
  });

  it('keeps one list when the other cannot be loaded', async () => {
    page.refuse(shared, 403, 'forbidden', 'Your role does not allow this.');
    await page.show(<SecretsPage />);
    expect(alerts()).toHaveLength(1);
    expect(textsOf('.row-title .mono')).toEqual(['crm']);
  });

  it.each(['viewer', 'runner'] as const)('is not loaded for the role %s', async (role) => {
    page.signInAs(role);
    await page.show(<SecretsPage />);
    expect(pageText()).toContain('Viewing and setting secrets needs');
    expect([page.count(list), page.count(shared)]).toEqual([0, 0]);
  });

  it('removes a secret after a confirmation', async () => {
    page.answer('DELETE /api/secrets/crm', {});
    await page.show(<SecretsPage />);
    await press('Remove crm');
    expect(page.sent()).toEqual([]);
    page.answer(list, { secrets: [], names: [] });
    await press('Remove secret');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/secrets/crm', body: undefined }]);
    expect(pageText()).toContain('No secrets yet.');
  });

  it('keeps a secret that cannot be removed', async () => {
    page.disconnect('DELETE /api/secrets/crm');
    await page.show(<SecretsPage />);
    await press('Remove crm');
    await press('Remove secret');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(dialogTitle()).toBe('Remove crm?');
  });
});

describe('a new secret', () => {
  const open = async (name = 'Set secret'): Promise<void> => {
    await page.show(<SecretsPage />);
    await press(name);
  };

  it('is sent with its hosts, and its value does not stay on the page', async () => {
    page.answer('PUT /api/secrets/api-key', {});
    await open();
    await fill('Name', ' api-key ');
    await fill('Value', 'sk-hidden');
    await fill('Hosts', 'api.example.com\n*.example.org, crm.lan:8080');
    await press('Save');
    expect(page.sent()).toEqual([
      {
        method: 'PUT',
        path: '/api/secrets/api-key',
        body: {
          value: 'sk-hidden',
          hosts: ['api.example.com', '*.example.org', 'crm.lan:8080'],
          uses: ['request'],
          workflows: null,
        },
      },
    ]);
    expect(dialogTitle()).toBeUndefined();
    expect(document.body.innerHTML).not.toContain('sk-hidden');
    expect(page.count(list)).toBe(2);
  });

  it.each([
    ['a name', '', 'a value'],
    ['a value', 'api-key', ''],
  ])('is not sent without %s', async (_case, name, value) => {
    await open();
    await fill('Name', name);
    await fill('Value', value);
    await press('Save');
    expect(page.sent()).toEqual([]);
  });

  it('is not sent without any use', async () => {
    await open();
    await fill('Name', 'api-key');
    await fill('Value', 'v');
    await tick('Use in requests');
    expect(button('Save')?.disabled).toBe(true);
    await tick('Use in the environment of tool servers');
    expect(button('Save')?.disabled).toBe(false);
  });

  it('keeps its fields when the server refuses them', async () => {
    page.refuse('PUT /api/secrets/api-key', 400, 'bad_request', 'The request is not valid.', {
      issues: [{ field: 'hosts.0', message: 'This is not a host' }],
    });
    await open();
    await fill('Name', 'api-key');
    await fill('Value', 'v');
    await fill('Hosts', 'http://');
    await press('Save');
    expect(alerts().join()).toContain('Hosts › 1: This is not a host.');
    expect([field('Name')?.value, field('Value')?.value]).toEqual(['api-key', 'v']);
  });

  it('is closed by Escape, and the focus returns to the button', async () => {
    await open();
    expect(document.activeElement).toBe(field('Name'));
    await cancelDialog();
    expect(document.activeElement).toBe(button('Set secret'));
    expect(page.sent()).toEqual([]);
  });

  it('of the project has no location of its own', async () => {
    await open();
    expect(field('Stored')).toBeUndefined();
  });

  it.each([
    ['vault', 'Path in the vault', { kind: 'vault', path: 'team/crm', field: 'value' }],
    ['aws', 'Name or ARN', { kind: 'aws', id: 'team/crm' }],
  ])('of the installation can be stored in %s', async (source, title, sent) => {
    page.answer('PUT /api/secrets/crm?owner=installation', {});
    await open('Set shared secret');
    await fill('Name', 'crm');
    await fill('Stored', source);
    expect(field('Value')).toBeUndefined();
    await fill(title, 'team/crm');
    await press('Save');
    expect(page.sent()[0]).toMatchObject({ path: '/api/secrets/crm?owner=installation', body: { source: sent } });
    expect(page.sent()[0]?.body).not.toHaveProperty('value');
  });
});
