import { describe, expect, it } from '@jest/globals';
import { entityId, entityTerms, nameFinder } from './entity-id.js';

describe('the id of an entity', () => {
  it.each([
    ['The Beatles', 'beatles'],
    ['  Ada\n Lovelace ', 'ada lovelace'],
    ["Marie Curie's", 'marie curie'],
    ['Levi’s Stadium', 'levi stadium'],
    ['ＡＣＭＥ Ltd.', 'acme ltd'],
    ['Apollo 11', 'apollo 11'],
    ['The', undefined],
    ['A', undefined],
    ['1999', undefined],
    ['1,000 2.5', undefined],
    ['Who', undefined],
    ['The Who', undefined],
    ['§$%', undefined],
    ['', undefined],
    ['x'.repeat(201), undefined],
  ])('of %j is %j', (name, id) => {
    expect(entityId(name)).toBe(id);
  });

  it('splits a question into the same terms as the ids, in any script', () => {
    expect(entityTerms("Who is the Beatles' and Levi’s father?")).toEqual(['who', 'is', 'the', 'beatles', 'and', 'levi', 'father']); // prettier-ignore
    const terms = entityTerms('東京大学はどこにありますか');
    expect(terms.join(' ')).toContain(entityId('東京'));
  });
});

describe('a name in a text', () => {
  it.each([
    ['Ann', 'It was ann.', true],
    ['Ann', 'An annual report', false],
    ['ada  lovelace', 'Ada\nLovelace wrote', true],
    ['東京', '東京都', true],
    ['Curie', 'Curie’s laboratory', true],
    ['', 'anything', false],
  ])('finds %j in %j: %j', (name, text, stands) => {
    expect(nameFinder('Title', text)(name)).toBe(stands);
  });
});
