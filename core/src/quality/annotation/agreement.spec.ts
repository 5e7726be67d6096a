import { describe, expect, it } from '@jest/globals';
import { agreementOf, personValues } from './agreement.js';
import { CreateQueueRequest, Rubric, type Annotation } from './annotation.js';

const rubric = Rubric.parse({
  criteria: [
    {
      name: 'clear',
      title: 'Clear',
      levels: [
        { value: 0, title: 'No' },
        { value: 1, title: 'Yes' },
      ],
    },
  ],
});
const said = (item: number, who: string, more: Partial<Annotation> = {}): Annotation => ({
  item,
  who,
  runs: [`r${item}`],
  scores: {},
  isSkipped: false,
  time: 0,
  ...more,
});
const scored = (item: number, first: number, second: number): Annotation[] => [
  said(item, 'b', { scores: { clear: second } }),
  said(item, 'a', { scores: { clear: first } }),
];

describe('agreement', () => {
  it('is Cohen’s kappa over the items that two people annotated', () => {
    // The table of the two raters: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no. Kappa is 0.4.
    const counts = [
      [1, 1, 20],
      [1, 0, 5],
      [0, 1, 10],
      [0, 0, 15],
    ] as const;
    let item = 0;
    const all = counts.flatMap(([a, b, count]) =>
      Array.from({ length: count }, () => scored((item += 1), a, b)).flat(),
    );
    const [found] = agreementOf(rubric, 'rate', [...all, said(99, 'a', { scores: { clear: 1 } })]);
    expect(found).toMatchObject({ criterion: 'clear', items: 50, same: 0.7 });
    expect(found?.kappa).toBeCloseTo(0.4, 10);
    expect(found?.interval?.low).toBeGreaterThan(0);
    expect(found?.interval?.high).toBeLessThan(1);
  });

  it('has no kappa if there is nothing to compare, or if only one value was given', () => {
    expect(agreementOf(rubric, 'rate', [])).toEqual([{ criterion: 'clear', items: 0 }]);
    const skipped = [said(1, 'a', { scores: { clear: 1 } }), said(1, 'b', { isSkipped: true })];
    expect(agreementOf(rubric, 'rate', skipped)).toEqual([{ criterion: 'clear', items: 0 }]);
    expect(agreementOf(rubric, 'rate', scored(1, 1, 1))).toEqual([{ criterion: 'clear', items: 1, same: 1 }]);
  });

  it('compares the preferred runs of two people, and counts a tie as another value', () => {
    const pair = { runs: ['x', 'y'] };
    const all = [
      said(1, 'a', { ...pair, preferred: 'x' }),
      said(1, 'b', { ...pair, preferred: 'x' }),
      said(2, 'a', { ...pair, preferred: 'tie' }),
      said(2, 'b', { ...pair, preferred: 'y' }),
    ];
    expect(agreementOf(Rubric.parse({}), 'compare', all)[0]).toMatchObject({
      criterion: 'preferred',
      items: 2,
      same: 0.5,
    });
  });

  it('lists the values of each person for the calibration of a judge, without skipped items', () => {
    const all = [...scored(1, 0, 1), said(2, 'a', { isSkipped: true, scores: { clear: 1 } })];
    expect(personValues(all)).toEqual([
      { run: 'r1', criterion: 'clear', value: 1, person: 'b' },
      { run: 'r1', criterion: 'clear', value: 0, person: 'a' },
    ]);
  });
});

describe('a rubric', () => {
  it.each([
    ['asks nothing', { name: 'q', rubric: {} }],
    ['has a criterion twice', { name: 'q', rubric: { criteria: [...rubric.criteria, ...rubric.criteria] } }],
    [
      'has a level twice',
      {
        name: 'q',
        rubric: {
          criteria: [
            {
              name: 'a',
              title: 'A',
              levels: [
                { value: 1, title: 'x' },
                { value: 1, title: 'y' },
              ],
            },
          ],
        },
      },
    ],
    [
      'has one level',
      { name: 'q', rubric: { criteria: [{ name: 'a', title: 'A', levels: [{ value: 1, title: 'x' }] }] } },
    ],
    ['has an unknown field', { name: 'q', rubric, more: 1 }],
  ])('is refused where it %s', (_what, request) => {
    expect(CreateQueueRequest.safeParse(request).success).toBe(false);
  });

  it('needs no criteria if people only choose the better answer', () => {
    expect(CreateQueueRequest.safeParse({ name: 'q', kind: 'compare', rubric: {} }).success).toBe(true);
  });
});
