import { describe, expect, it } from '@jest/globals';
import { targetText } from '../../data/queries/kill-switches-store.js';
import {
  detailText,
  eventName,
  everything,
  exportAddress,
  filterOf,
  subjectText,
  whoText,
  withNewer,
} from './audit-filter.js';
import { killSwitchTarget } from './kill-switch-target.js';

describe('the filter of the audit page', () => {
  it('sends the typed values, with times as numbers, and leaves out empty and incomplete ones', () => {
    const filter = filterOf({
      kind: 'publish',
      who: ' user:u ',
      subject: '',
      project: '',
      from: '2026-01-02T03:04',
      to: 'soon',
    });
    expect(filter).toEqual({
      act: 'publish',
      who: 'user:u',
      subject: undefined,
      from: new Date(2026, 0, 2, 3, 4).getTime(),
      to: undefined,
    });
    expect(filterOf(everything)).toEqual({});
    const address = exportAddress(filter, 'csv');
    expect(address).toBe(`/api/audit/export?act=publish&who=user%3Au&from=${filter.from}&format=csv`);
  });
});

describe('new records', () => {
  const of = (...numbers: readonly number[]) => numbers.map((number) => ({ number }));
  it('are listed before the known ones, each once', () => {
    expect(withNewer(of(3, 2, 1), of(5, 4, 3))).toEqual(of(5, 4, 3, 2, 1));
    expect(withNewer(of(3, 2), of(3, 2))).toEqual(of(3, 2));
    expect(withNewer([], of(2, 1))).toEqual(of(2, 1));
  });
  it('replace the known ones when more arrive than a page holds, so that none is missing in between', () => {
    expect(withNewer(of(3, 2, 1), of(9, 8, 7))).toEqual(of(9, 8, 7));
  });
  it('are written as text', () => {
    expect([eventName('model-call'), eventName('key')]).toEqual(['Model call', 'API key']);
    expect(detailText({ step: 'set', list: [1], runs: 2 })).toBe('set · runs 2');
    expect(detailText({ step: 'share made', channel: 'l_1', body: { name: 'Help desk' } })).toBe(
      'share made · Help desk',
    );
    expect(detailText({ step: 'share revoked', channel: 'l_1', name: 'Help desk' })).toBe('share revoked · Help desk');
    expect(detailText({ step: 'schedule removed', channel: 's_1' })).toBe('schedule removed · channel s_1');
    expect(detailText({ bundle: `sha256:${'0123456789abcdef'.repeat(4)}` })).toBe('bundle sha256:0123456789…');
    expect(detailText({ attempt: 1, fileHash: 'sha256:w', isLocal: true })).toBe(
      'attempt 1 · file hash sha256:w · local',
    );
    expect(detailText({ requestId: 'a_1', isLocal: false, ms: 1200 })).toBe('question a_1 · not local · took 1.2 s');
    expect(subjectText('workflow:w', () => 'Letters')).toBe('workflow Letters');
    expect(whoText('share:l_1', { 'share:l_1': 'Help desk' }, (who) => who)).toBe('share Help desk');
    expect(whoText('user:u', { 'share:l_1': 'Help desk' }, () => 'Ada')).toBe('Ada');
    expect(whoText('share:gone', {}, (who) => who)).toBe('share:gone');
    expect(subjectText('connection:office', (subject) => subject)).toBe('connection office');
    expect(subjectText('audit', (subject) => subject)).toBe('audit');
  });
});

describe('a kill switch', () => {
  it('names its target as the server does, once something is chosen', () => {
    expect(killSwitchTarget('all', '')).toBe('all');
    expect(killSwitchTarget('tool', ' mail ')).toBe('tool:mail');
    expect(killSwitchTarget('workflow', '')).toBeUndefined();
  });
  it('is written as text', () => {
    expect(targetText('workflow:w', new Map([['w', 'Letters']]))).toBe('The workflow Letters');
    expect(targetText('tool:a:b', new Map())).toBe('The tool a:b');
    expect(targetText('all', new Map())).toBe('Everything');
  });
});
