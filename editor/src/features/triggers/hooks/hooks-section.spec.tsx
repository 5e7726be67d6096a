/** @jest-environment jsdom */
import { HookReply, type PortDescription } from '@heddle/core';
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
  optionsOf,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { noNews } from '../use-trigger-states.js';
import { HooksSection } from './HooksSection.js';
import { undoStore } from '../../../ui/states/undo-store.js';

const hook = (id: string, more: object = {}): HookReply =>
  HookReply.parse({ id, workflowId: 'w', owner: 'local', createdAt: 1, name: id, path: `/v1/hooks/${id}`, ...more });
const ports = [
  { name: 'text', title: 'Text', type: 'text', isOptional: false },
  { name: 'tone', title: 'Tone', type: 'text', isOptional: true },
] as unknown as readonly PortDescription[];
const at = '/api/workflows/w/hooks';
const list = `GET ${at}`;

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { hooks: [hook('shop')] });
});
afterEach(() => page.leave());

const show = (news = noNews): Promise<void> => page.show(<HooksSection workflow="w" ports={ports} news={news} />);
const cards = (): readonly string[] => textsOf('.trigger');

describe('the incoming webhooks', () => {
  it('say that they load, and then that there are none', async () => {
    page.answer(list, { hooks: [] });
    const release = page.hold(list);
    await show();
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No incoming webhooks yet.');
    expect(button('New webhook')?.disabled).toBe(false);
  });

  it.each([
    ['is active', {}, 'Active'],
    ['is paused', { isPaused: true }, 'Paused'],
    ['limits messages', { ratePerMinute: 1200 }, '1,200 messages per minute'],
    ['takes the fields of the body', {}, 'fields of the body with the same names'],
    ['maps its inputs', { inputs: { text: '{{ body.title }}' } }, 'text'],
  ])('show a webhook that %s', async (_case, more, text) => {
    page.answer(list, { hooks: [hook('shop', more)] });
    await show();
    expect(cards()[0]).toContain(text);
  });

  it('show the address to copy', async () => {
    await show();
    expect(textsOf('.copy-text code')[0]).toMatch(/\/v1\/hooks\/shop$/);
  });

  it.each(hostileNames)('show %s in a name as text', async (_case, name) => {
    page.answer(list, { hooks: [{ ...hook('shop'), name: name.slice(0, 80) }] });
    await show();
    expect(textsOf('.trigger h3')).toEqual([name.slice(0, 80).trim()]);
    expect(document.querySelector('.trigger h3 img, .trigger h3 b')).toBeNull();
  });

  it('show an error, and load again on request', async () => {
    page.refuse(list, 403, 'forbidden', 'Your role does not allow this.');
    await show();
    expect(alerts().join()).toContain('Your role does not allow this.');
    page.answer(list, { hooks: [hook('shop'), hook('mail')] });
    await press('Retry');
    expect(cards()).toHaveLength(2);
  });

  it.each(['viewer', 'runner'] as const)('cannot be changed by the role %s', async (role) => {
    page.signInAs(role);
    await show();
    expect(cards()).toHaveLength(1);
    expect(document.querySelector('.trigger-actions button')).toBeNull();
    expect(button('New webhook')?.disabled).toBe(true);
  });

  it('say why there is no button for a user without the right to publish', async () => {
    page.signInAs('viewer');
    page.answer(list, { hooks: [] });
    await show();
    expect(pageText()).toContain('Read-only: creating one needs the right to publish.');
    expect(button('New webhook')).toBeUndefined();
  });

  it('load their messages only when they are opened, and again on news', async () => {
    page.answer(`GET ${at}/shop/arrivals`, { arrivals: [] });
    await show();
    expect(page.count(`GET ${at}/shop/arrivals`)).toBe(0);
    await press('Last messages of shop');
    expect(page.count(`GET ${at}/shop/arrivals`)).toBe(1);
    expect(pageText()).toContain('No messages yet.');
    await show({ ...noNews, channels: new Map([['shop', 1]]) });
    expect(page.count(`GET ${at}/shop/arrivals`)).toBe(2);
  });
});

describe('a new incoming webhook', () => {
  const open = async (): Promise<void> => {
    await show();
    await press('New webhook');
  };

  it('is created from the form, and its secret is shown once', async () => {
    page.answer(`POST ${at}`, { ...hook('mail'), secret: 'whsec_once' });
    await open();
    expect(button('Create webhook')?.disabled).toBe(true);
    await fill('Name', ' Mail ');
    await fill('text', '{{ body.subject }}');
    await fill('Messages per minute', '30');
    await press('Create webhook');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: at,
        body: expect.objectContaining({
          name: 'Mail',
          scheme: 'standard',
          ratePerMinute: 30,
          inputs: { text: '{{ body.subject }}' },
        }),
      },
    ]);
    expect(page.sent()[0]?.body).not.toHaveProperty('secret');
    expect(textsOf('dialog code')).toContain('whsec_once');
    await cancelDialog();
    expect(textsOf('dialog code')).toContain('whsec_once');
    await press('Done');
    expect(pageText()).not.toContain('whsec_once');
    expect(page.count(list)).toBe(2);
  });

  it('keeps the secret of a sender that chooses it', async () => {
    page.answer(`POST ${at}`, { ...hook('pay', { scheme: 'stripe' }), secret: 'whsec_theirs' });
    await open();
    expect(optionsOf('Signature').length).toBeGreaterThan(1);
    await fill('Name', 'Pay');
    await fill('Signature', 'stripe');
    await fill('Secret of the sender', 'whsec_theirs');
    await press('Create webhook');
    expect(page.sent()[0]?.body).toMatchObject({ scheme: 'stripe', secret: 'whsec_theirs' });
  });

  it('has the default limit when the field is emptied', async () => {
    page.answer(`POST ${at}`, { ...hook('mail'), secret: 's' });
    await open();
    await fill('Name', 'Mail');
    await fill('Messages per minute', '');
    await press('Create webhook');
    expect(page.sent()[0]?.body).toMatchObject({ ratePerMinute: 600 });
  });

  it('keeps the typed values when the server refuses it', async () => {
    const issues = [{ field: 'ratePerMinute', message: 'Give 1 or more' }];
    page.refuse(`POST ${at}`, 400, 'bad_request', 'The request is not valid.', { issues });
    await open();
    await fill('Name', 'Mail');
    await press('Create webhook');
    expect(alerts().join()).toContain('Rate per minute: Give 1 or more.');
    expect(field('Name')?.value).toBe('Mail');
  });

  it('is closed by Escape, and the focus returns to the button', async () => {
    await open();
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
    expect(document.activeElement).toBe(button('New webhook'));
  });
});

describe('a known incoming webhook', () => {
  it.each([
    [false, 'Pause shop', true],
    [true, 'Resume shop', false],
  ])('that is paused: %s, changes by “%s”', async (isPaused, name, next) => {
    page.answer(list, { hooks: [hook('shop', { isPaused, toleranceSeconds: 60 })] });
    page.answer(`PUT ${at}/shop`, hook('shop'));
    await show();
    await press(name);
    expect(page.sent()).toEqual([
      {
        method: 'PUT',
        path: `${at}/shop`,
        body: expect.objectContaining({ name: 'shop', isPaused: next, toleranceSeconds: 60 }),
      },
    ]);
    expect(page.sent()[0]?.body).not.toHaveProperty('path');
    expect(page.count(list)).toBe(2);
  });

  it('stays active when the pause is refused', async () => {
    page.refuse(`PUT ${at}/shop`, 409, 'conflict', 'Somebody deleted it.');
    await show();
    await press('Pause shop');
    expect(alerts().join()).toContain('Somebody deleted it.');
    expect(textsOf('.trigger-state')).toEqual(['Active']);
  });

  it('keeps its secret when it is edited', async () => {
    page.answer(`PUT ${at}/shop`, hook('shop'));
    await show();
    await press('Edit shop');
    expect(field('Secret of the sender')).toBeUndefined();
    await fill('Name', 'Store');
    await press('Save');
    expect(page.sent()[0]?.body).toMatchObject({ name: 'Store' });
    expect(dialogTitle()).toBeUndefined();
  });

  it('gets a new secret after a confirmation, which is shown once', async () => {
    page.answer(`POST ${at}/shop/secret`, { secret: 'whsec_new' });
    await show();
    await press('New secret of shop');
    expect(pageText()).toContain('Messages that are signed with the old secret are refused from then on.');
    expect(page.sent()).toEqual([]);
    await press('Create secret');
    expect(page.sent()).toEqual([{ method: 'POST', path: `${at}/shop/secret`, body: {} }]);
    expect(textsOf('dialog code')).toContain('whsec_new');
    await press('Done');
    expect(pageText()).not.toContain('whsec_new');
  });

  it('is deleted after a confirmation', async () => {
    page.answer(`DELETE ${at}/shop?undo=true`, {});
    await show();
    await press('Delete shop');
    expect(page.sent()).toEqual([]);
    page.answer(list, { hooks: [] });
    await press('Delete webhook');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: `${at}/shop?undo=true`, body: undefined }]);
    expect(cards()).toEqual([]);
    // The deletion can be undone.
    page.answer(`POST ${at}/shop/restore`, {});
    const [offer] = undoStore.getState().offers;
    expect(offer?.what).toBe('the webhook “shop”');
    await offer?.restore();
    expect(page.sent()).toContainEqual({ method: 'POST', path: `${at}/shop/restore`, body: undefined });
  });

  it('stays in the list when it cannot be deleted', async () => {
    page.disconnect(`DELETE ${at}/shop?undo=true`);
    await show();
    await press('Delete shop');
    await press('Delete webhook');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(dialogTitle()).toBe('Delete shop?');
    expect(cards()).toHaveLength(1);
  });
});
