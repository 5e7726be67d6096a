/** @jest-environment jsdom */
import { beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import { openFeaturePage, type FeaturePage } from '../session/testing/feature-page.js';
import { pageText, texts } from '../../ui/testing/fake-person.js';
import { RequestFields } from './RequestFields.js';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
});
afterEach(() => page.leave());

const label = { level: 'internal', marks: [] } as const;

describe('what a person approves', () => {
  it('is shown as texts, each with its name', async () => {
    const value = { reply: 'Hello,\n\nwe check it.', urgent: true, hours: 24, note: '' };
    await page.show(<RequestFields value={value} label={label} />);
    expect(texts('dt')).toEqual(['reply', 'urgent', 'hours', 'note']);
    expect(texts('dd')).toEqual(['Hello,\n\nwe check it.', 'true', '24', 'Empty']);
    expect(pageText()).not.toContain('\\n');
  });

  it.each([['a text'], [{}], [[1, 2]], [Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`f${at}`, at]))]])(
    'is shown as one value when it has no fields or too many',
    async (value) => {
      await page.show(<RequestFields value={value} label={label} />);
      expect(texts('dt')).toEqual([]);
      expect(pageText()).not.toBe('');
    },
  );

  it('shows markup in a text as text', async () => {
    await page.show(<RequestFields value={{ reply: '<img src=x onerror=alert(1)>' }} label={label} />);
    expect(document.querySelector('dd img')).toBeNull();
    expect(texts('dd')).toEqual(['<img src=x onerror=alert(1)>']);
  });
});
