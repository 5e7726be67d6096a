import { describe, expect, it } from '@jest/globals';
import { ShareReply } from '@heddle/core';
import { embedSnippet, emptyShare, formOf, limitText, shareOf } from './share-form.js';

const reply = (more: object = {}) =>
  ShareReply.parse({
    id: 'l_1',
    workflowId: 'w',
    owner: 'local',
    createdAt: 0,
    kind: 'chat',
    name: 'Site',
    runsToday: 0,
    uploadedToday: 0,
    ...more,
  });

describe('the form of a link', () => {
  it('gives a complete link, with defaults for empty fields', () => {
    const read = shareOf({ ...emptyShare, name: 'Site', examples: ' One? \n\nTwo?', money: 5 });
    expect(read).toMatchObject({
      ok: true,
      config: { name: 'Site', examples: ['One?', 'Two?'], budget: { money: 5, period: 'month' }, runsPerDay: 1000 },
    });
    expect(read.ok && 'kind' in read.config).toBe(false);
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ accent: 'red' }, 'accent'],
    [{ origins: 'https://a.example/path' }, 'origins'],
    [{ origins: 'https://a.example', audience: 'members' }, 'origins'],
    [{ perDay: 0 }, 'runsPerDay'],
    [{ uploads: -1 }, 'uploadBytesPerDay'],
    [{ uploadsOfOne: -1 }, 'uploadBytesPerUser'],
    [{ examples: 'x\n'.repeat(9) }, 'examples'],
    [{ money: -1 }, 'budget'],
  ] as const)('says what is wrong with %j', (part, field) => {
    expect(shareOf({ ...emptyShare, name: 'Site', ...part })).toMatchObject({ ok: false, field });
  });

  it('gives a link back unchanged, with the settings that it does not show', () => {
    const share = reply({
      title: 'Ask',
      accent: '#112233',
      origins: ['https://a.example'],
      expiresAt: 4_000_000_000_123,
      version: 2,
      budget: { money: 3, tokens: 9, period: 'day' },
      isPaused: true,
      clearance: 'public',
      uploadBytesPerDay: 1_234_567,
      uploadBytesPerUser: 0,
    });
    const read = shareOf(formOf(share), share);
    const { id: _i, workflowId: _w, owner: _o, createdAt: _c, runsToday: _r, uploadedToday: _u, ...config } = share;
    expect(read).toEqual({ ok: true, config });
  });

  it('describes the limits of a link, and gives the snippet for a page', () => {
    expect(limitText(reply())).toBe('anyone with the link');
    expect(limitText(reply({ audience: 'members', version: 3 }))).toBe('signed in · version 3');
    expect(limitText(reply({ origins: ['https://a.example'], budget: { money: 2 } }))).toBe(
      'anyone with the link · embedded in https://a.example · $2 a month',
    );
    expect(embedSnippet('https://h.example', reply({ kind: 'form', theme: 'dark', accent: '#112233' }), 'hsl_x')).toBe(
      '<script src="https://h.example/embed.js" data-token="hsl_x" data-theme="dark" data-accent="#112233" data-position="inline" async></script>',
    );
  });
});
