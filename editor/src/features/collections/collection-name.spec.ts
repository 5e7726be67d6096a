import { describe, expect, it } from '@jest/globals';
import { CollectionTitle } from '@heddle/core';
import { freeName, nameFor, nameProblem } from './collection-name.js';

const none = new Set<string>();

describe('the name of a collection', () => {
  it.each([
    ['My Orbit Docs', 'my-orbit-docs'],
    ['Übersicht 2026', 'ubersicht-2026'],
    ['2026 plans', 'collection-2026-plans'],
    ['資料', 'collection'],
    ['constructor', 'collection-constructor'],
    ['   ', ''],
    ['x'.repeat(10_000), 'x'.repeat(64)],
  ])('is made from the title %.20p', (title, name) => {
    expect(nameFor(title, none)).toBe(name);
    if (name !== '') expect(nameProblem(name)).toBeUndefined();
  });

  it('gets a number when it is taken, and stays within its length', () => {
    expect(nameFor('FAQ', new Set(['faq', 'faq-2']))).toBe('faq-3');
    const long = 'a'.repeat(64);
    expect(freeName(long, new Set([long]))).toBe(`${'a'.repeat(62)}-2`);
  });

  it.each([
    ['', /Write a name/],
    ['My docs', /Begin with a lower-case letter/],
    ['my docs', /Leave out spaces/],
    ['myDocs', /Leave out capital letters/],
    ['docs/a', /Leave out “\/”/],
    ['docs\u202e', /not visible/],
    ['1docs', /Begin with/],
    ['a'.repeat(65), /Shorten it to 64 characters; it has 65/],
    ['constructor', /Choose another name/],
  ])('that is %p is refused, with what to do', (name, problem) => {
    expect(nameProblem(name)).toMatch(problem);
  });
});

describe('the title of a collection', () => {
  it.each(['My Orbit Docs', 'מסמכים', 'نامه‌ها', '👩‍💻 notes', '<b>x</b>'])('can be %p', (title) => {
    expect(CollectionTitle.parse(` ${title} `)).toBe(title);
  });

  it.each(['', '   ', 'x'.repeat(10_000), 'a\u0000b', 'a\nb', 'a\u202egnp.exe', 'a\u2028b', 'a\u200bb', '\ud800'])(
    'is never %.20p',
    (title) => {
      expect(CollectionTitle.safeParse(title).success).toBe(false);
    },
  );
});
