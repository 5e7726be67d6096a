/** @jest-environment jsdom */
import type { UserReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { projectStore } from '../../../data/access/project-store.js';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  openMenu,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { UsersSection } from './UsersSection.js';

const user = (id: string, more: Partial<UserReply> = {}): UserReply => ({
  id,
  email: `${id}@example.org`,
  name: id,
  isDisabled: false,
  hasSecondFactor: false,
  createdAt: 1,
  roles: { default: ['editor'] },
  ...more,
});
const list = 'GET /api/users';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { users: [user('ada'), user('bo')] });
});
afterEach(() => page.leave());

const rows = (): readonly string[] => textsOf('tbody tr');

describe('the list of users', () => {
  it('says that it loads, and then shows each user', async () => {
    const release = page.hold(list);
    await page.show(<UsersSection />);
    expect(pageText()).toContain('Loading…');
    expect(rows()).toEqual([]);
    await release();
    expect(pageText()).not.toContain('Loading…');
    expect(rows()).toHaveLength(2);
  });

  it('says what to do when there is no user', async () => {
    page.answer(list, { users: [] });
    await page.show(<UsersSection />);
    expect(pageText()).toContain('No users yet. Invite yourself as the owner first.');
  });

  it.each([
    ['the session ended a right', 403, 'forbidden', 'Your role does not allow this.'],
    ['the server fails', 500, 'internal', 'Something broke.'],
  ])('shows the message of the server when %s', async (_case, status, code, message) => {
    page.refuse(list, status, code, message);
    await page.show(<UsersSection />);
    expect(alerts().join()).toContain(message);
    expect(button('Retry')).toBeDefined();
  });

  it('loads again automatically when the connection is back', async () => {
    page.disconnect(list);
    await page.show(<UsersSection />);
    expect(alerts().join()).toContain('Heddle does not answer');
    page.answer(list, { users: [user('ada')] });
    await page.reconnect();
    expect(alerts()).toEqual([]);
    expect(rows()).toHaveLength(1);
  });

  it('keeps the list when loading again fails', async () => {
    await page.show(<UsersSection />);
    page.disconnect(list);
    await page.reconnect();
    expect(alerts()).toHaveLength(1);
    expect(rows()).toHaveLength(2);
  });

  it.each(['editor', 'viewer', 'runner'] as const)('sends no request for a user with the role %s', async (role) => {
    page.signInAs(role);
    await page.show(<UsersSection />);
    expect(pageText()).toContain('Managing users needs the role owner');
    expect(page.count(list)).toBe(0);
    expect(button('Invite user')).toBeUndefined();
  });

  it.each([
    ['never signed in', user('bo'), 'Never'],
    ['disabled', user('bo', { isDisabled: true, signedInAt: 1 }), 'Disabled'],
    ['with a second factor', user('bo', { hasSecondFactor: true }), 'On'],
    ['without roles', user('bo', { roles: { default: [] } }), 'None'],
    ['with two roles', user('bo', { roles: { default: ['editor', 'runner'] } }), 'editor, runner'],
    ['of another project', user('bo', { roles: { shop: ['viewer'] } }), 'viewer in shop'],
  ])('shows a user who is %s', async (_case, shown, text) => {
    page.answer(list, { users: [shown] });
    await page.show(<UsersSection />);
    expect(rows()[0]).toContain(text);
  });

  it('marks the signed-in user', async () => {
    await page.show(<UsersSection />);
    expect(rows().map((row) => row.includes('you'))).toEqual([true, false]);
    expect(rows()[0]).toContain('Now');
  });

  it.each(hostileNames)('shows %s in a name as text', async (_case, name) => {
    page.answer(list, { users: [user('bo', { name })] });
    await page.show(<UsersSection />);
    expect(textsOf('tbody strong')).toEqual([name]);
    expect(document.querySelector('tbody img, tbody b')).toBeNull();
  });

  it('shows a thousand users', async () => {
    page.answer(list, { users: Array.from({ length: 1_000 }, (_, index) => user(`u${index}`)) });
    await page.show(<UsersSection />);
    expect(rows()).toHaveLength(1_000);
    expect(rows().at(-1)).toContain('u999@example.org');
  });
});

describe('an invitation', () => {
  const invited = { user: user('cy', { name: 'Cy' }), token: 'secret-token' };

  it('sends name, email and roles, and shows the link once', async () => {
    page.answer('POST /api/users', invited);
    await page.show(<UsersSection />);
    await press('Invite user');
    await fill('Name', 'Cy');
    await fill('Email', 'cy@example.org');
    await tick('editor');
    await press('Create link');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: '/api/users',
        body: { name: 'Cy', email: 'cy@example.org', roles: ['viewer', 'editor'] },
      },
    ]);
    expect(dialogTitle()).toBe('Cy is invited');
    expect(textsOf('dialog code').join()).toContain('secret-token');
    expect(page.count(list)).toBeGreaterThan(1);
  });

  it('is not closed by Escape while it shows the link', async () => {
    page.answer('POST /api/users', invited);
    await page.show(<UsersSection />);
    await press('Invite user');
    await fill('Name', 'Cy');
    await fill('Email', 'cy@example.org');
    await press('Create link');
    await cancelDialog();
    expect(dialogTitle()).toBe('Cy is invited');
    expect(button('Close')).toBeUndefined();
    await press('Done');
    expect(dialogTitle()).toBeUndefined();
    expect(pageText()).not.toContain('secret-token');
  });

  it('makes the first user an owner', async () => {
    page.answer(list, { users: [] });
    await page.show(<UsersSection />);
    await press('Invite user');
    expect((field('owner') as HTMLInputElement).checked).toBe(true);
    expect((field('viewer') as HTMLInputElement).checked).toBe(false);
  });

  it('keeps the typed values when the address is taken', async () => {
    page.refuse('POST /api/users', 409, 'conflict', 'The address cy@example.org is taken.');
    await page.show(<UsersSection />);
    await press('Invite user');
    await fill('Name', 'Cy');
    await fill('Email', 'cy@example.org');
    await press('Create link');
    expect(alerts().join()).toContain('The address cy@example.org is taken.');
    expect([field('Name')?.value, field('Email')?.value]).toEqual(['Cy', 'cy@example.org']);
    expect(button('Create link')?.disabled).toBe(false);
  });

  it('names the fields that the server refuses', async () => {
    const issues = [{ field: 'email', message: 'Enter an email address' }];
    page.refuse('POST /api/users', 400, 'bad_request', 'The request is not valid.', { issues });
    await page.show(<UsersSection />);
    await press('Invite user');
    await fill('Email', 'nobody');
    await fill('Name', 'N');
    await press('Create link');
    expect(alerts().join()).toContain('Email: Enter an email address.');
  });

  it('cannot be sent twice while it is sent', async () => {
    page.answer('POST /api/users', invited);
    const release = page.hold('POST /api/users');
    await page.show(<UsersSection />);
    await press('Invite user');
    await fill('Name', 'Cy');
    await fill('Email', 'cy@example.org');
    await press('Create link');
    expect(button('Create link')?.disabled).toBe(true);
    await press('Create link');
    await release();
    expect(page.sent()).toHaveLength(1);
  });

  it('is closed by Escape, and the focus returns to the button', async () => {
    await page.show(<UsersSection />);
    await press('Invite user');
    expect(document.activeElement).toBe(field('Name'));
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
    expect(document.activeElement).toBe(button('Invite user'));
    expect(page.sent()).toEqual([]);
  });
});

describe('the actions on a user', () => {
  const open = async (item: string): Promise<void> => {
    await page.show(<UsersSection />);
    await openMenu('More actions for bo');
    await press(item);
  };

  it.each([
    ['Sign out everywhere', 'Sign out everywhere', 'DELETE', '/api/users/bo/sessions', undefined],
    ['Disable', 'Disable', 'PATCH', '/api/users/bo', { isDisabled: true }],
  ])('ask before “%s” is done', async (item, verb, method, path, body) => {
    page.answer(`${method} ${path}`, user('bo'));
    await open(item);
    expect(page.sent()).toEqual([]);
    const before = page.count(list);
    await press(verb);
    expect(page.sent()).toEqual([{ method, path, body }]);
    expect(dialogTitle()).toBeUndefined();
    expect(page.count(list)).toBeGreaterThan(before);
  });

  it('offer to enable a disabled user instead of disabling', async () => {
    page.answer(list, { users: [user('bo', { isDisabled: true })] });
    page.answer('PATCH /api/users/bo', user('bo'));
    await page.show(<UsersSection />);
    await openMenu('More actions for bo');
    expect(textsOf('[role=menuitem]')).toEqual([
      'Change roles',
      'New password link',
      'Sign out everywhere',
      'Enable',
      'Forget',
    ]);
    await press('Enable');
    await press('Enable');
    expect(page.sent()).toEqual([{ method: 'PATCH', path: '/api/users/bo', body: { isDisabled: false } }]);
  });

  it('show why the last owner cannot be disabled', async () => {
    page.refuse('PATCH /api/users/bo', 409, 'conflict', 'bo is the last owner.');
    await open('Disable');
    await press('Disable');
    expect(dialogTitle()).toBe('Disable bo?');
    expect(alerts().join()).toContain('bo is the last owner.');
  });

  it('create a password link that is shown once', async () => {
    page.answer('POST /api/users/bo/link', { token: 'link-token' });
    await open('New password link');
    expect(page.sent()).toEqual([]);
    await press('Create link');
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/users/bo/link', body: undefined }]);
    expect(textsOf('dialog code').join()).toContain('link-token');
    await cancelDialog();
    expect(textsOf('dialog code').join()).toContain('link-token');
    await press('Done');
    expect(dialogTitle()).toBeUndefined();
  });

  it('keep the dialog open when a link cannot be created', async () => {
    page.disconnect('POST /api/users/bo/link');
    await open('New password link');
    await press('Create link');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(button('Create link')?.disabled).toBe(false);
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
  });

  it('change the roles in the first project through the account itself', async () => {
    page.answer('PATCH /api/users/bo', user('bo'));
    await open('Change roles');
    await tick('editor');
    await tick('runner');
    await press('Save roles');
    expect(page.sent()).toEqual([{ method: 'PATCH', path: '/api/users/bo', body: { roles: ['runner'] } }]);
  });

  it('send nothing when no role was changed', async () => {
    await open('Change roles');
    await press('Save roles');
    expect(page.sent()).toEqual([]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('change the roles of each project that was edited', async () => {
    const project = (id: string, name: string) => ({ id, name, roles: ['owner' as const], isManager: true });
    projectStore.setState({ projects: [project('default', 'First'), project('shop', 'Shop')] });
    page.answer('PATCH /api/users/bo', user('bo'));
    page.answer('PUT /api/projects/shop/members/user%3Abo', { members: [] });
    await open('Change roles');
    await tick('owner');
    await fill('Project', 'shop');
    expect((field('editor') as HTMLInputElement).checked).toBe(false);
    await tick('viewer');
    await fill('Project', 'default');
    expect((field('owner') as HTMLInputElement).checked).toBe(true);
    await press('Save roles');
    expect(page.sent()).toEqual([
      { method: 'PATCH', path: '/api/users/bo', body: { roles: ['editor', 'owner'] } },
      { method: 'PUT', path: '/api/projects/shop/members/user%3Abo', body: { roles: ['viewer'] } },
    ]);
  });
});

describe('forgetting a person', () => {
  const erased = {
    conversations: 2,
    turns: 8,
    facts: 7,
    feedback: 1,
    runs: 5,
    ended: 1,
    contents: 9,
    files: 3,
    cachedResults: 4,
    traces: 6,
  };
  const forget = 'POST /api/people/forget';
  const sent = (subject: string) => [{ method: 'POST', path: '/api/people/forget', body: { subject } }];
  beforeEach(() => page.answer(forget, { erased, remains: ['Backups hold it.'] }));

  it('asks first, and then shows what was erased and what remains', async () => {
    await page.show(<UsersSection />);
    await openMenu('More actions for bo');
    await press('Forget');
    expect([dialogTitle(), page.sent()]).toEqual(['Forget bo?', []]);
    await press('Forget');
    expect(page.sent()).toEqual(sent('user:bo'));
    expect(textsOf('dialog td')).toEqual(['2', '8', '7', '5', '1', '9', '3', '4', '1', '6']);
    expect(textsOf('dialog li')).toEqual(['Backups hold it.']);
    await press('Done');
    expect(dialogTitle()).toBeUndefined();
  });

  it('takes a subject without an account, and shows why a request is refused', async () => {
    await page.show(<UsersSection />);
    await press('Forget a person');
    await fill('Subject', 'end-user:ann ');
    await press('Forget');
    expect(page.sent()).toEqual(sent('end-user:ann'));
    await press('Done');
    page.refuse(forget, 409, 'conflict', 'Another person is being forgotten.');
    await press('Forget a person');
    await press('Forget');
    expect(alerts().join()).toContain('Another person is being forgotten.');
  });
});
