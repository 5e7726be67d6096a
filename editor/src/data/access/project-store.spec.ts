import { describe, expect, it } from '@jest/globals';
import type { ProjectReply } from '@heddle/core';
import { initialsOf } from '../../ui/format/initials.js';
import { projectToUse, pathAfterSwitch } from './project-store.js';

const project = (id: string, archivedAt?: number): ProjectReply => ({
  id,
  name: id,
  roles: ['editor'],
  isManager: false,
  ...(archivedAt === undefined ? {} : { archivedAt }),
});

describe('the project to work in', () => {
  it('is none when there is nothing to choose', () => {
    expect(projectToUse([], undefined)).toBeUndefined();
    expect(projectToUse([project('default')], undefined)).toBeUndefined();
    expect(projectToUse([project('shop')], 'default')).toBeUndefined();
  });

  it('is the chosen one while the user belongs to it, even if it is archived', () => {
    expect(projectToUse([project('default'), project('shop')], 'shop')).toBe('shop');
    expect(projectToUse([project('default'), project('old', 1)], 'old')).toBe('old');
  });

  it('is otherwise the first one that is not archived', () => {
    expect(projectToUse([project('default'), project('shop')], undefined)).toBe('default');
    expect(projectToUse([project('a'), project('shop')], 'gone')).toBe('a');
    expect(projectToUse([project('old', 1), project('shop')], undefined)).toBe('shop');
  });
});

describe('switching the project', () => {
  it('stays on a list and in the settings, and leaves a page about one thing', () => {
    expect(['/', '/runs', '/settings/keys', '/workflows/ask', '/collections/faq'].map(pathAfterSwitch)).toEqual([
      '/',
      '/runs',
      '/settings/keys',
      '/',
      '/',
    ]);
  });
});

describe('the tile of a project', () => {
  it('has one or two whole characters as initials', () => {
    expect(['Web shop', 'default', 'x', 'R&D – north', 'Ångström', '👩‍🔬 lab'].map(initialsOf)).toEqual([
      'WS',
      'DE',
      'X',
      'RN',
      'ÅN',
      '👩‍🔬L',
    ]);
  });
});
