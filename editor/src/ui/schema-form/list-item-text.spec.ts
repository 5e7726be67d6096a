import { describe, expect, it } from '@jest/globals';
import { nameOfOne } from './list-item-text.js';

describe('the name of one list item', () => {
  it.each([
    ['Word lists', 'word list'],
    ['Libraries', 'library'],
    ['Mailboxes', 'mailbox'],
    ['Branches', 'branch'],
    ['Addresses', 'address'],
    ['Cases', 'case'],
    ['Take out', 'item'],
    ['Names of people', 'item'],
  ])('of %s is %s', (title, one) => expect(nameOfOne(title)).toBe(one));
});
