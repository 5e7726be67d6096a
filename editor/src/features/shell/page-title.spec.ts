import { describe, expect, it } from '@jest/globals';
import { parseRoute } from '../../ui/navigation/route.js';
import { titleOf } from './page-title.js';

describe('titles of pages', () => {
  it.each([
    ['/', ''],
    ['/runs', 'Runs'],
    ['/runs/compare?a=1&b=2', 'Compare runs'],
    ['/workflows/shop', 'shop'],
    ['/workflows/shop/triggers?show=batches', 'shop · Triggers'],
    ['/collections/handbook?document=a.md', 'handbook · Collections'],
    ['/connections/+', 'New · Connections'],
    ['/policies/house', 'house · Policies'],
    ['/spend', 'Spend and budgets'],
    ['/settings/keys', 'Settings'],
    ['/quality', 'Quality'],
    ['/dashboard?range=24h', 'Dashboard'],
    ['/nowhere', 'Page not found'],
  ])('%s is called %j', (address, title) => {
    expect(titleOf(parseRoute(address)).join(' · ')).toBe(title);
  });
});
