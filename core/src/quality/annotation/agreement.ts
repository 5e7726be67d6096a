import { cohensKappa } from '../statistics/kappa.js';
import { withoutUndefined } from '../../values/without-undefined.js';
import type { Agreement, Annotation, PersonValue, Rubric } from './annotation.js';

/**
 * Measures how well people agree on each criterion, over the items that at least two people annotated. If there are more than two, the
 * first two by name count, so that the result does not depend on who was faster.
 *
 * @example agreementOf(rubric, 'rate', annotations) // [{ criterion: 'clear', items: 40, same: 0.85, kappa: 0.7, interval: … }]
 */
export function agreementOf(
  rubric: Rubric,
  kind: 'rate' | 'compare',
  annotations: readonly Annotation[],
): readonly Agreement[] {
  const pairs = pairsOf(annotations);
  const found = rubric.criteria.map(({ name, levels }) =>
    agreementOn(
      name,
      levels.map(({ value }) => value),
      pairs.map(([a, b]) => [a.scores[name], b.scores[name]] as const),
    ),
  );
  if (kind === 'rate') return found;
  const preferences = pairs.map(([a, b]) => [sideOf(a), sideOf(b)] as const);
  return [agreementOn('preferred', [0, 1, 2], preferences), ...found];
}

/** Returns the values that people gave, each with its run. */
export function personValues(annotations: readonly Annotation[]): readonly PersonValue[] {
  return annotations.flatMap(({ runs: [run, ...others], who, scores, isSkipped }) =>
    run === undefined || others.length > 0 || isSkipped
      ? []
      : Object.entries(scores).map(([criterion, value]) => ({ run, criterion, value, person: who })),
  );
}

/** The position of the better run; 2 for a tie. */
function sideOf({ runs, preferred }: Annotation): number | undefined {
  if (preferred === undefined) return undefined;
  const at = runs.indexOf(preferred);
  return at < 0 ? 2 : at;
}

function pairsOf(annotations: readonly Annotation[]): readonly (readonly [Annotation, Annotation])[] {
  const byItem = new Map<number, Annotation[]>();
  for (const annotation of annotations) {
    if (annotation.isSkipped) continue;
    const said = byItem.get(annotation.item) ?? [];
    said.push(annotation);
    byItem.set(annotation.item, said);
  }
  return [...byItem.values()].flatMap((said) => {
    const [first, second] = said.toSorted((a, b) => (a.who < b.who ? -1 : 1));
    return first === undefined || second === undefined ? [] : [[first, second] as const];
  });
}

function agreementOn(
  criterion: string,
  levels: readonly number[],
  pairs: readonly (readonly [number | undefined, number | undefined])[],
): Agreement {
  const table = levels.map(() => levels.map(() => 0));
  let items = 0;
  let same = 0;
  for (const [a, b] of pairs) {
    const row = a === undefined ? -1 : levels.indexOf(a);
    const column = b === undefined ? -1 : levels.indexOf(b);
    const cells = table[row];
    if (cells === undefined || column < 0) continue;
    cells[column] = (cells[column] ?? 0) + 1;
    items += 1;
    if (row === column) same += 1;
  }
  const { kappa, interval } = cohensKappa(table);
  return withoutUndefined({ criterion, items, same: items === 0 ? undefined : same / items, kappa, interval });
}
