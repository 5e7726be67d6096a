import { stateWidth, statePieces, type SpacyWeights } from './read-weights.js';

interface Entity {
  readonly label: string;
  /** `from` is the index of its first word, `to` that of the word after its last. */
  readonly from: number;
  readonly to: number;
  /** The mean probability of its moves. */
  readonly score: number;
}

const sums = stateWidth * statePieces;
const kinds = ['B', 'I', 'L', 'U'] as const;

/**
 * The parser for names. It goes through the words, and each move begins, continues, ends or skips a name (BILUO). `rows` has the
 * contribution of each word to the state. `isSpace` says whether a word is white space; no name begins there. The order of the moves: for
 * each kind one move per label, then one that is never valid here, then the move for no name.
 */
export function findEntities(
  { lower, upper }: Pick<SpacyWeights, 'lower' | 'upper'>,
  labels: readonly string[],
  rows: Float32Array,
  isSpace: (word: number) => boolean,
): readonly Entity[] {
  const count = rows.length / (3 * sums);
  const moves = labels.length * kinds.length + 2;
  const state = new Float32Array(stateWidth);
  const scores = new Float32Array(moves);
  const entities: Entity[] = [];
  let open: { readonly label: number; readonly from: number; readonly scores: number[] } | undefined;
  for (let word = 0; word < count; word += 1) {
    readState(state, { lower, rows }, [word, open?.from ?? -1, open === undefined ? -1 : word - 1]);
    scoreMoves(scores, upper, state);
    const valid = validMoves(labels.length, open?.label, word === count - 1, isSpace(word));
    const { move, probability } = best(scores, valid);
    const kind = kinds[Math.floor(move / labels.length)];
    const label = move % labels.length;
    if (move === moves - 1) continue;
    if (kind === 'B') open = { label, from: word, scores: [probability] };
    else if (kind === 'U') entities.push(entityOf(labels, { label, from: word, scores: [probability] }, word));
    else if (open !== undefined) {
      open.scores.push(probability);
      if (kind === 'I') continue;
      entities.push(entityOf(labels, open, word));
      open = undefined;
    }
  }
  return entities;
}

function entityOf(
  labels: readonly string[],
  { label, from, scores }: { readonly label: number; readonly from: number; readonly scores: readonly number[] },
  last: number,
): Entity {
  return {
    label: labels[label] ?? '',
    from,
    to: last + 1,
    score: scores.reduce((sum, one) => sum + one, 0) / scores.length,
  };
}

/** Computes the state from three words: the next one, the first one of the open name, and the one before the next if a name is open. */
function readState(
  state: Float32Array,
  { lower, rows }: { readonly lower: SpacyWeights['lower']; readonly rows: Float32Array },
  words: readonly number[],
): void {
  for (let unit = 0; unit < stateWidth; unit += 1) {
    let most = -Infinity;
    for (let piece = 0; piece < statePieces; piece += 1) {
      const at = unit * statePieces + piece;
      let sum = lower.bias.values[at] ?? 0;
      words.forEach((word, slot) => {
        const column = slot * sums + at;
        sum += (word < 0 ? lower.pad.values[column] : rows[word * 3 * sums + column]) ?? 0;
      });
      most = Math.max(most, sum);
    }
    state[unit] = most;
  }
}

function scoreMoves(scores: Float32Array, { weights, bias }: SpacyWeights['upper'], state: Float32Array): void {
  for (let move = 0; move < scores.length; move += 1) {
    let sum = bias.values[move] ?? 0;
    for (let unit = 0; unit < stateWidth; unit += 1)
      sum += (weights.values[move * stateWidth + unit] ?? 0) * (state[unit] ?? 0);
    scores[move] = sum;
  }
}

/** Inside a name: it continues or ends, with its own label. Outside: a name begins (never on white space), or the word is skipped. */
function validMoves(labels: number, open: number | undefined, isLast: boolean, isSpace: boolean): readonly number[] {
  const begin = 0;
  const inside = labels;
  const last = 2 * labels;
  const unit = 3 * labels;
  if (open !== undefined) return isLast ? [last + open] : [inside + open, last + open];
  const outside = labels * kinds.length + 1;
  if (isSpace) return [outside];
  const every = (from: number): number[] => Array.from({ length: labels }, (_, index) => from + index);
  return [...(isLast ? [] : every(begin)), ...every(unit), outside];
}

function best(scores: Float32Array, valid: readonly number[]): { readonly move: number; readonly probability: number } {
  const value = (move: number): number => scores[move] ?? -Infinity;
  const move = valid.reduce((most, next) => (value(next) > value(most) ? next : most));
  const sum = valid.reduce((total, next) => total + Math.exp(value(next) - value(move)), 0);
  return { move, probability: 1 / sum };
}
