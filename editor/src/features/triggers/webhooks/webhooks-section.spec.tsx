/** @jest-environment jsdom */
import { WebhookReply, type Delivery } from '@heddle/core';
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
import { noNews } from '../use-trigger-states.js';
import { deliveryText, waitText } from './webhook-text.js';
import { WebhooksSection } from './WebhooksSection.js';
import { undoStore } from '../../../ui/states/undo-store.js';

const webhook = (id: string, more: object = {}): WebhookReply =>
  WebhookReply.parse({
    id,
    workflowId: 'w',
    owner: 'local',
    createdAt: 1,
    name: id,
    url: 'https://crm.example/in',
    ...more,
  });
const at = '/api/workflows/w/webhooks';
const list = `GET ${at}`;

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { webhooks: [webhook('crm')] });
});
afterEach(() => page.leave());

const show = (): Promise<void> => page.show(<WebhooksSection workflow="w" news={noNews} />);
const cards = (): readonly string[] => textsOf('.trigger');

describe('the outgoing webhooks', () => {
  it('say that they load, and then that there are none', async () => {
    page.answer(list, { webhooks: [] });
    const release = page.hold(list);
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No outgoing webhooks yet.');
  });

  it.each([
    ['is active', {}, 'Active'],
    ['is paused', { isPaused: true }, 'Paused: messages wait'],
    ['has an address', {}, 'https://crm.example/in'],
    ['reports human input requests', { events: ['human-input.opened'] }, 'A run requests human input'],
    ['has a low clearance', { clearance: 'public' }, 'Clearancepublic'],
  ])('show a webhook that %s', async (_case, more, text) => {
    page.answer(list, { webhooks: [webhook('crm', more)] });
    await show();
    expect(cards()[0]).toContain(text);
  });

  it.each(hostileNames)('show %s in a name as text', async (_case, name) => {
    page.answer(list, { webhooks: [{ ...webhook('crm'), name: name.slice(0, 80) }] });
    await show();
    expect(textsOf('.trigger h3')).toEqual([name.slice(0, 80).trim()]);
    expect(document.querySelector('.trigger h3 img, .trigger h3 b')).toBeNull();
  });

  it('show an error, and load again on request', async () => {
    page.disconnect(list);
    await show();
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer(list, { webhooks: [webhook('crm')] });
    await press('Retry');
    expect(cards()).toHaveLength(1);
  });

  it('cannot be changed by a viewer', async () => {
    page.signInAs('viewer');
    await show();
    expect(cards()).toHaveLength(1);
    expect(document.querySelector('.trigger-actions button')).toBeNull();
    expect(button('New webhook')?.disabled).toBe(true);
  });
});

describe('a new outgoing webhook', () => {
  const open = async (): Promise<void> => {
    await show();
    await press('New webhook');
  };

  it('is created with its events, and its secret is shown once', async () => {
    page.answer(`POST ${at}`, { ...webhook('crm'), secret: 'whsec_once' });
    await open();
    await fill('Name', 'CRM');
    await fill('Address', 'https://crm.example/in');
    await tick('A run failed');
    await tick('A run was cancelled');
    await press('Create webhook');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: at,
        body: {
          name: 'CRM',
          url: 'https://crm.example/in',
          events: ['run.done', 'run.cancelled'],
          clearance: 'internal',
          isPaused: false,
        },
      },
    ]);
    await cancelDialog();
    expect(textsOf('dialog code')).toContain('whsec_once');
    await press('Done');
    expect(pageText()).not.toContain('whsec_once');
  });

  it.each([
    ['no name', ' ', 'https://crm.example', [], 'Enter a name.'],
    ['no event', 'CRM', 'https://crm.example', ['A run is done', 'A run failed'], 'Select at least one event.'],
    ['no address', 'CRM', '', [], 'The address must start with https:// or http://.'],
    ['another protocol', 'CRM', 'file:///etc/passwd', [], 'The address must start with https:// or http://.'],
  ])('is not sent with %s', async (_case, name, address, events, text) => {
    await open();
    await fill('Name', name);
    await fill('Address', address);
    for (const event of events) await tick(event);
    await press('Create webhook');
    expect(page.sent()).toEqual([]);
    expect(alerts().join()).toContain(text);
  });

  it('keeps the form when the address is refused', async () => {
    page.refuse(`POST ${at}`, 403, 'forbidden', 'The address is inside the network.');
    await open();
    await fill('Name', 'CRM');
    await fill('Address', 'http://10.0.0.1/');
    await press('Create webhook');
    expect(alerts().join()).toContain('The address is inside the network.');
    expect(field('Address')?.value).toBe('http://10.0.0.1/');
    await cancelDialog();
    expect(document.activeElement).toBe(button('New webhook'));
  });
});

describe('a known outgoing webhook', () => {
  it.each([
    [false, 'Pause crm'],
    [true, 'Resume crm'],
  ])('that is paused: %s, changes by “%s”', async (isPaused, name) => {
    page.answer(list, { webhooks: [webhook('crm', { isPaused })] });
    page.answer(`PUT ${at}/crm`, webhook('crm'));
    await show();
    await press(name);
    expect(page.sent()[0]?.body).toMatchObject({ name: 'crm', isPaused: !isPaused });
    expect(page.count(list)).toBe(2);
  });

  it('stays paused when it is edited', async () => {
    page.answer(list, { webhooks: [webhook('crm', { isPaused: true })] });
    page.answer(`PUT ${at}/crm`, webhook('crm'));
    await show();
    await press('Edit crm');
    await fill('Clearance', 'public');
    await press('Save');
    expect(page.sent()[0]?.body).toMatchObject({ clearance: 'public', isPaused: true });
    expect(dialogTitle()).toBeUndefined();
  });

  it('gets a new secret after a confirmation', async () => {
    page.answer(`POST ${at}/crm/secret`, { secret: 'whsec_new' });
    await show();
    await press('New secret of crm');
    expect(page.sent()).toEqual([]);
    await press('Create secret');
    expect(page.sent()).toEqual([{ method: 'POST', path: `${at}/crm/secret`, body: {} }]);
    expect(textsOf('dialog code')).toContain('whsec_new');
  });

  it('is deleted after a confirmation, which shows a refusal', async () => {
    page.refuse(`DELETE ${at}/crm?undo=true`, 409, 'conflict', 'Somebody deleted it already.');
    await show();
    await press('Delete crm');
    expect(page.sent()).toEqual([]);
    await press('Delete webhook');
    expect(alerts().join()).toContain('Somebody deleted it already.');
    page.answer(`DELETE ${at}/crm?undo=true`, {});
    page.answer(list, { webhooks: [] });
    await press('Delete webhook');
    expect(cards()).toEqual([]);
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the webhook “crm”']);
  });
});

describe('a delivery', () => {
  const delivery = (more: Partial<Delivery>): Delivery => ({
    id: 'd',
    webhook: 'crm',
    runId: 'r',
    event: 'run.done',
    status: 'waiting',
    attempts: 0,
    createdAt: 0,
    ...more,
  });

  it.each<[Partial<Delivery>, string]>([
    [{ status: 'sent', attempts: 1 }, 'Received'],
    [{ status: 'sent', attempts: 3 }, 'Received at attempt 3'],
    [{ status: 'dead', attempts: 1 }, 'Failed after 1 attempt'],
    [{ status: 'dead', attempts: 9 }, 'Failed after 9 attempts'],
    [{}, 'Next attempt now'],
    [{ nextAt: 25_000 }, 'Next attempt in 25 s'],
    [{ attempts: 1, nextAt: 120_000 }, '1 attempt, next in 2 min'],
    [{ attempts: 2, nextAt: 3 * 3_600_000 }, '2 attempts, next in 3 h'],
  ])('%j is described as “%s”', (more, text) => {
    expect(deliveryText(delivery(more), 0)).toBe(text);
  });

  it.each([
    [1, '1 s'],
    [99_000, '99 s'],
    [100_000, '2 min'],
    [99 * 60_000, '99 min'],
    [36 * 3_600_000, '36 h'],
  ])('that waits %s ms is shown with %s', (ms, text) => {
    expect(waitText(ms)).toBe(text);
  });
});
