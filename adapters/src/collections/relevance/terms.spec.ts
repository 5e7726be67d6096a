import { expect, it } from '@jest/globals';
import { coverageOfQuestion, termsByDocument, termsOfQuestion, type TermShares } from './terms.js';

const shares: TermShares = { languages: ['en'], shares: { team: 0.5 }, leastShare: 0.01 };
const passages = (...texts: readonly string[]) => texts.map((text, at) => ({ id: `${at}`, document: 'd', text }));
const holds = (question: string, ...texts: readonly string[]): number =>
  coverageOfQuestion(question, termsByDocument(passages(...texts), shares.languages), shares);

it('compares words without stop words, in any inflection', () => {
  expect(termsOfQuestion('How are the replies of teams counted?', ['en'])).toEqual([['repli'], ['team'], ['count']]);
  expect(holds('How are replies counted?', 'We count each reply.')).toBe(1);
  expect(holds('What is a zebra?', 'We count each reply.')).toBe(0);
  expect(holds('', 'x')).toBe(0);
  expect(holds('What is it?', 'x')).toBe(0);
});

it('counts a rare word more than a frequent one', () => {
  expect(holds('Does the team have a zebra?', 'The team.')).toBeLessThan(0.2);
  expect(holds('Does the team have a zebra?', 'A zebra.')).toBeGreaterThan(0.8);
});

it('treats `constructor` as an ordinary word', () => {
  expect(holds('Does the constructor have a zebra?', 'The constructor has a zebra.')).toBe(1);
  expect(holds('Does the constructor have a giraffe?', 'The constructor has a zebra.')).toBeCloseTo(0.5);
});

it('counts the passages of one document together, and those of two documents apart', () => {
  expect(holds('zebra and giraffe', 'A zebra.', 'A giraffe.')).toBe(1);
  const apart = passages('A zebra.', 'A giraffe.').map((passage, at) => ({ ...passage, document: `${at}` }));
  expect(coverageOfQuestion('zebra and giraffe', termsByDocument(apart, ['en']), shares)).toBeCloseTo(0.5);
});

it('uses the best sentence of a message, not its greeting', () => {
  const mail =
    'Dear team. I bought a zebra in Lisbon last spring. Where does the giraffe sleep at night? Kind regards, Ada.';
  expect(holds(mail, 'The giraffe sleeps in a house at night.')).toBe(1);
  expect(holds(mail, 'The team.')).toBeLessThan(0.2);
});

it('finds words of scripts without spaces and of the languages of the collection', () => {
  expect(holds('带薪休假有几天?', '员工每年有二十七天带薪休假。')).toBeGreaterThan(0.5);
  const german: TermShares = { ...shares, languages: ['de'] };
  const documents = termsByDocument(passages('Die Häuser sind teuer.'), ['de']);
  expect(coverageOfQuestion('Wie teuer ist ein Haus?', documents, german)).toBe(1);
});
