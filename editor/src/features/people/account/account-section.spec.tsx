/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import {
  alerts,
  button,
  field,
  fill,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../../session/testing/feature-page.js';
import { browserText } from './browser-text.js';
import { AccountSection } from './AccountSection.js';
import { SessionsSection } from './SessionsSection.js';

const me = (more: object = {}) => ({
  isSignInNeeded: true,
  hasUsers: true,
  principal: { id: 'user:ada', kind: 'user', name: 'Ada', roles: { default: ['editor'], shop: ['viewer'] }, ...more },
});

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.answer('GET /api/auth/me', me());
  meStore.setState({ me: me() as never });
});
afterEach(() => page.leave());

describe('the account of the local user', () => {
  it.each([
    [false, 'Invite the first user'],
    [true, 'Sign in'],
  ])('offers the next step when accounts exist: %s', async (hasUsers, link) => {
    page.signInAs('local');
    meStore.setState(({ me: now }) => ({ me: { ...now, hasUsers } as never }));
    page.answer('GET /api/auth/me', { ...meStore.getState().me, hasUsers });
    await page.show(<AccountSection />);
    expect(pageText()).toContain('You work as the local user of this machine');
    expect(button(link)).toBeDefined();
    expect(field('Current password')).toBeUndefined();
  });

  it('has no sessions, and none are requested', async () => {
    page.signInAs('local');
    await page.show(<SessionsSection />);
    expect(pageText()).toContain('there are no sessions');
    expect(page.requests.map(({ path }) => path)).not.toContain('/api/auth/sessions');
  });

  it('says that it loads while the user is not known', async () => {
    meStore.setState({ me: undefined });
    page.hold('GET /api/auth/me');
    await page.show(<AccountSection />);
    expect(pageText()).toBe('Loading your account…');
  });
});

describe('the account of a user', () => {
  it('shows the name and the roles in each project', async () => {
    await page.show(<AccountSection />);
    expect(textsOf('dl.facts > div')).toEqual(['NameAda', 'Roles in defaulteditor', 'Roles in shopviewer']);
  });

  it('changes the password, and empties the fields', async () => {
    page.answer('POST /api/auth/password', {});
    await page.show(<AccountSection />);
    await fill('Current password', 'the old password');
    await fill('New password', 'the new password');
    await press('Change password');
    expect(page.sent()).toEqual([
      { method: 'POST', path: '/api/auth/password', body: { current: 'the old password', next: 'the new password' } },
    ]);
    expect(textsOf('[role=status]').join()).toContain('Your password was changed.');
    expect([field('Current password')?.value, field('New password')?.value]).toEqual(['', '']);
  });

  it.each([
    ['a short new password', 'the old password', 'short'],
    ['no current password', '', 'the new password'],
  ])('sends no new password with %s', async (_case, current, next) => {
    await page.show(<AccountSection />);
    await fill('Current password', current);
    await fill('New password', next);
    // A browser applies `minlength` only to text that a person typed. A test cannot type, so it compares the lengths itself.
    const isShort = next.length < (field('New password') as HTMLInputElement).minLength;
    expect(isShort || (field('Current password') as HTMLInputElement).validity.valueMissing).toBe(true);
    if (!isShort) await press('Change password');
    expect(page.sent()).toEqual([]);
  });

  it('keeps the fields when the current password is wrong, and does not sign out', async () => {
    page.refuse('POST /api/auth/password', 401, 'sign_in_failed', 'The current password is wrong.');
    await page.show(<AccountSection />);
    await fill('Current password', 'a wrong password');
    await fill('New password', 'the new password');
    await press('Change password');
    expect(alerts().join()).toContain('The current password is wrong.');
    expect(field('New password')?.value).toBe('the new password');
    expect(textsOf('[role=status]').join()).not.toContain('was changed');
  });

  it('says why signing out failed', async () => {
    page.disconnect('POST /api/auth/sign-out');
    await page.show(<AccountSection />);
    await press('Sign out');
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/auth/sign-out', body: undefined }]);
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(button('Sign out')?.disabled).toBe(false);
  });
});

describe('the second factor', () => {
  const secret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

  it('is turned on with a code, and shows the recovery codes once', async () => {
    page.answer('POST /api/auth/totp', { secret, address: `otpauth://totp/Heddle?secret=${secret}` });
    page.answer('POST /api/auth/totp/confirm', { codes: ['aaaa-bbbb', 'cccc-dddd'] });
    await page.show(<AccountSection />);
    expect(pageText()).toContain('Off. When it is on');
    await press('Set up');
    expect(document.querySelector('svg.qr')?.getAttribute('aria-label')).toBe('QR code for the authenticator app');
    expect(textsOf('.copy-text code')).toEqual([secret]);
    await fill('Code from the app', '123 456');
    page.answer('GET /api/auth/me', me({ hasSecondFactor: true }));
    await press('Turn on');
    expect(page.sent().at(-1)).toEqual({
      method: 'POST',
      path: '/api/auth/totp/confirm',
      body: { secret, code: '123456' },
    });
    expect(textsOf('.recovery li')).toEqual(['aaaa-bbbb', 'cccc-dddd']);
    await press('I have saved them');
    expect(pageText()).not.toContain('aaaa-bbbb');
    expect(pageText()).toContain('On: signing in also asks for');
  });

  it('keeps the secret when the code is wrong', async () => {
    page.answer('POST /api/auth/totp', { secret, address: 'otpauth://totp/Heddle' });
    page.refuse('POST /api/auth/totp/confirm', 400, 'bad_request', 'The code is wrong or too old.');
    await page.show(<AccountSection />);
    await press('Set up');
    await fill('Code from the app', '000000');
    await press('Turn on');
    expect(alerts().join()).toContain('The code is wrong or too old.');
    expect(textsOf('.copy-text code')).toEqual([secret]);
    expect(field('Code from the app')?.value).toBe('000000');
  });

  it.each(['12345', 'abcdef', '12345678'])('does not send %s as a code', async (code) => {
    page.answer('POST /api/auth/totp', { secret, address: 'otpauth://totp/Heddle' });
    await page.show(<AccountSection />);
    await press('Set up');
    await fill('Code from the app', code);
    await press('Turn on');
    expect(page.count('POST /api/auth/totp/confirm')).toBe(0);
  });

  it('stays off when the user cancels', async () => {
    page.answer('POST /api/auth/totp', { secret, address: 'otpauth://totp/Heddle' });
    await page.show(<AccountSection />);
    await press('Set up');
    await press('Cancel');
    expect(pageText()).toContain('Off. When it is on');
    expect(pageText()).not.toContain(secret);
  });

  it('is turned off with the password only', async () => {
    meStore.setState({ me: me({ hasSecondFactor: true }) as never });
    page.answer('GET /api/auth/me', me({ hasSecondFactor: true }));
    page.answer('DELETE /api/auth/totp', {});
    await page.show(<AccountSection />);
    await press('Turn off');
    expect(page.sent()).toEqual([]);
    await press('Turn off');
    expect(page.sent()).toEqual([]);
    await fill('Your password', 'the old password');
    page.answer('GET /api/auth/me', me());
    await press('Turn off');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/auth/totp', body: { password: 'the old password' } }]);
    expect(pageText()).toContain('Off. When it is on');
  });
});

describe('the sessions', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';
  const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1';
  const session = (id: string, agent: string, isCurrent = false) => ({ id, agent, createdAt: 1, seenAt: 2, isCurrent });
  const list = 'GET /api/auth/sessions';

  beforeEach(() => page.answer(list, { sessions: [session('s1', firefox, true), session('s2', iphone)] }));

  it('are named by browser and system, and the current one has no button', async () => {
    await page.show(<SessionsSection />);
    expect(textsOf('.row-title')).toEqual(['Firefox on Linux This browser', 'Safari on iPhone']);
    expect(button('Sign out Firefox on Linux')).toBeUndefined();
  });

  it('end one by one', async () => {
    page.answer('DELETE /api/auth/sessions/s2', {});
    await page.show(<SessionsSection />);
    page.answer(list, { sessions: [session('s1', firefox, true)] });
    await press('Sign out Safari on iPhone');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/auth/sessions/s2', body: undefined }]);
    expect(textsOf('.row-title')).toEqual(['Firefox on Linux This browser']);
    expect(button('Sign out everywhere else')?.disabled).toBe(true);
  });

  it('end everywhere else at once', async () => {
    page.answer('DELETE /api/auth/sessions?others=true', {});
    await page.show(<SessionsSection />);
    await press('Sign out everywhere else');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/auth/sessions?others=true', body: undefined }]);
    expect(page.count(list)).toBe(2);
  });

  it('stay in the list when one cannot be ended', async () => {
    page.refuse('DELETE /api/auth/sessions/s2', 403, 'forbidden', 'This is not your session.');
    await page.show(<SessionsSection />);
    await press('Sign out Safari on iPhone');
    expect(alerts().join()).toContain('This is not your session.');
    expect(textsOf('.row-title')).toHaveLength(2);
  });

  it('show why they cannot be listed', async () => {
    page.disconnect(list);
    await page.show(<SessionsSection />);
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(button('Sign out everywhere else')?.disabled).toBe(true);
    page.answer(list, { sessions: [session('s1', firefox, true)] });
    await act(() => page.reconnect());
    expect(alerts()).toEqual([]);
  });
});

describe('a browser', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/120.0 Safari/537.36 OPR/106.0', 'Opera on macOS'],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) CriOS/120.0 Safari/604.1', 'Chrome on iPad'],
    ['Firefox/130.0', 'Firefox'],
    ['', 'Unknown browser'],
    ['curl/8.0', 'curl/8.0'],
    [`<b>${'x'.repeat(100)}</b>`, `<b>${'x'.repeat(57)}`],
  ])('with the agent “%s” is called “%s”', (agent, text) => {
    expect(browserText(agent)).toBe(text);
  });
});
