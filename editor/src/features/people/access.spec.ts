import type { MeReply } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { may } from '../../data/access/me-store.js';
import { browserText } from './account/browser-text.js';
import { emptyKey, scopesOf, scopeText, standardPermissions } from './keys/key-form.js';

const now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

describe('the scopes of a key', () => {
  it('contain what the form says, and nothing else', () => {
    expect(scopesOf({ ...emptyKey, days: undefined }, now)).toEqual({
      ok: true,
      scopes: { permissions: [...standardPermissions] },
    });
    expect(
      scopesOf(
        { ...emptyKey, workflows: ['w'], rate: 60, budget: 'b', days: 2, origins: 'https://a.example\n\n' },
        now,
      ),
    ).toMatchObject({
      scopes: {
        workflows: ['w'],
        ratePerMinute: 60,
        budget: 'b',
        expiresAt: now + 2 * day,
        origins: ['https://a.example'],
      },
    });
  });

  it.each([
    [{ permissions: [] }, 'permissions'],
    [{ workflows: [] }, 'workflows'],
    [{ rate: 0.5 }, 'rate'],
    [{ days: 0 }, 'days'],
    [{ origins: 'https://a.example/path' }, 'origins'],
    [{ origins: 'shop' }, 'origins'],
  ])('say what is wrong with %j', (part, field) => {
    // A full sentence that says what to enter.
    const problem: unknown = expect.stringMatching(/^.{12,}\.$/);
    expect(scopesOf({ ...emptyKey, ...part }, now)).toMatchObject({ ok: false, field, problem });
  });

  it('name the field of a wrong number', () => {
    const problemOf = (part: Partial<typeof emptyKey>): unknown => scopesOf({ ...emptyKey, ...part }, now);
    expect(problemOf({ days: 0 })).toMatchObject({ problem: expect.stringMatching(/^Days until expiry/) });
    expect(problemOf({ rate: -1 })).toMatchObject({ problem: expect.stringMatching(/^Calls per minute/) });
  });

  it('are written as text', () => {
    const scopes = {
      permissions: [...standardPermissions],
      workflows: ['w'],
      ratePerMinute: 5,
      expiresAt: now + 3 * day,
    };
    expect(scopeText(scopes, () => 'Letters', now)).toEqual([
      'Call published versions and read the answers',
      'Letters',
      '5 calls per minute',
      'Expires in 3 days',
    ]);
    expect(scopeText({ permissions: ['audit:read', 'settings:read'], expiresAt: now }, String, now)).toEqual([
      'Read the audit log · settings:read',
      'All workflows',
      'Expired',
    ]);
  });
});

describe('what a page offers', () => {
  const me = (principal?: MeReply['principal']): MeReply => ({
    isSignInNeeded: principal !== undefined,
    hasUsers: true,
    ...(principal === undefined ? {} : { principal }),
  });
  const user = (roles: NonNullable<MeReply['principal']>['roles']) =>
    me({ id: 'user:u', kind: 'user', name: 'U', roles });
  it('follows the roles in any project', () => {
    const both = user({ default: ['viewer'], other: ['approver'] });
    expect(may(both, 'workflow:publish')).toBe(true);
    expect(may(both, 'workflow:publish', { id: 'other' })).toBe(true);
    expect(may(both, 'workflow:publish', { id: 'default' })).toBe(false);
    expect(may(both, 'workflow:publish', { id: 'other', archivedAt: 1 })).toBe(false);
    expect(may(user({ other: ['owner'] }), 'kill-switch:set', { id: 'other' })).toBe(false);
    expect(may(user({ default: ['editor'] }), 'workflow:publish')).toBe(false);
    expect(may(me({ id: 'local', kind: 'local', name: '', roles: {} }), 'kill-switch:set')).toBe(true);
    expect(may(undefined, 'kill-switch:set')).toBe(false);
  });
});

describe('a browser', () => {
  it('is named by its user agent', () => {
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
    expect(browserText(chrome)).toBe('Chrome on Linux');
    expect(browserText(`${chrome} Edg/140.0`)).toBe('Edge on Linux');
    expect(browserText('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1')).toBe('Safari on iPhone');
    expect(browserText('curl/8.0')).toBe('curl/8.0');
    expect(browserText('')).toBe('Unknown browser');
  });
});
