/** What a search finds for a question: the best semantic similarity, and the share of its terms in one document. */
export interface Evidence {
  readonly dense: number;
  readonly coverage: number;
}

/** A group of questions; `share` is its part of the total weight. */
export interface Group {
  readonly questions: readonly Evidence[];
  readonly isAnswered: boolean;
  readonly share: number;
}

interface Weights {
  readonly bias: number;
  readonly dense: number;
  readonly coverage: number;
}

const steps = 30;
/** A small ridge penalty limits the weights if the groups do not overlap. */
const ridge = 1e-3;

/** The probability that the collection answers a question. */
export const relevanceOf = ({ bias, dense, coverage }: Weights, evidence: Evidence): number =>
  logistic(bias + dense * evidence.dense + coverage * evidence.coverage);

const logistic = (value: number): number => 1 / (1 + Math.exp(-Math.max(-40, Math.min(40, value))));

/** Fits a logistic model by Newton's method; `uses` names the parts of the evidence that it may use. */
export function fitModel(groups: readonly Group[], uses: readonly (keyof Evidence)[]): Weights {
  const rows = groups.flatMap(({ questions, isAnswered, share }) =>
    questions.map((question) => ({
      values: [1, ...uses.map((name) => question[name])],
      wanted: isAnswered ? 1 : 0,
      weight: share / questions.length,
    })),
  );
  const size = uses.length + 1;
  let weights: readonly number[] = new Array<number>(size).fill(0);
  for (let step = 0; step < steps; step += 1) {
    const gradient = weights.map((weight, at) => (at === 0 ? 0 : -ridge * weight));
    const curvature = weights.map((_, at) =>
      weights.map((__, other): number => (at !== other ? 0 : at === 0 ? 1e-6 : ridge)),
    );
    for (const { values, wanted, weight } of rows) {
      const given = logistic(values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0));
      values.forEach((value, at) => {
        gradient[at] = (gradient[at] ?? 0) + weight * (wanted - given) * value;
        const line = curvature[at];
        values.forEach((other, column) => {
          if (line !== undefined) line[column] = (line[column] ?? 0) + weight * given * (1 - given) * value * other;
        });
      });
    }
    const change = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight + (change[at] ?? 0));
  }
  const found = new Map(uses.map((name, at) => [name, weights[at + 1] ?? 0]));
  return { bias: weights[0] ?? 0, dense: found.get('dense') ?? 0, coverage: found.get('coverage') ?? 0 };
}

/** Solves a small system of linear equations by elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const rows = matrix.map((line, at) => [...line, right[at] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    const pivots = rows.map((line, at) => (at < column ? -1 : Math.abs(line[column] ?? 0)));
    const best = pivots.indexOf(Math.max(...pivots));
    const top = rows[column];
    const chosen = rows[best];
    if (top === undefined || chosen === undefined) continue;
    [rows[column], rows[best]] = [chosen, top];
    for (const [at, line] of rows.entries()) {
      if (at === column) continue;
      const factor = (line[column] ?? 0) / (chosen[column] ?? 1);
      rows[at] = line.map((value, index) => value - factor * (chosen[index] ?? 0));
    }
  }
  return rows.map((line, at) => (line[size] ?? 0) / (line[at] ?? 1));
}
