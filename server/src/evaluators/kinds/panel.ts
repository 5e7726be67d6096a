import { HeddleError, isErrorCode } from '@heddle/core';

/** The verdict of one judge on a panel. */
export interface Vote {
  readonly model: string;
  readonly level?: number;
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * The score of a panel: the mean, or the level that most judges give. If several levels are equally frequent, their mean counts. Failed
 * judges are left out if at least half of the panel answered. Errors: that of the first judge that failed.
 */
export function verdictOf(
  votes: readonly Vote[],
  how: 'mean' | 'majority',
  scoreOf: (vote: { readonly level: number }) => number,
): { readonly value: number; readonly explanation: string } {
  const answered = votes.flatMap((vote) => (vote.level === undefined ? [] : [{ ...vote, level: vote.level }]));
  const failed = votes.find(({ error }) => error !== undefined)?.error;
  if (failed !== undefined && (answered.length === 0 || answered.length * 2 < votes.length)) throw errorOf(failed);
  const counted = how === 'mean' ? answered : mostGiven(answered);
  const value = counted.reduce((sum, vote) => sum + scoreOf(vote), 0) / counted.length;
  return { value, explanation: counted[0]?.reason ?? '' };
}

const errorOf = ({ code, message }: NonNullable<Vote['error']>): HeddleError =>
  new HeddleError(isErrorCode(code) ? code : 'evaluation_failed', message);

/** One vote for each of the most frequent levels. */
function mostGiven<Given extends { readonly level: number }>(votes: readonly Given[]): readonly Given[] {
  const byLevel = new Map<number, { readonly first: Given; readonly count: number }>();
  for (const vote of votes) {
    const known = byLevel.get(vote.level);
    byLevel.set(vote.level, { first: known?.first ?? vote, count: (known?.count ?? 0) + 1 });
  }
  const most = Math.max(...[...byLevel.values()].map(({ count }) => count));
  return [...byLevel.values()].filter(({ count }) => count === most).map(({ first }) => first);
}

/** The levels of a panel, with the reason of one judge. */
export function sentenceOfPanel(votes: readonly Vote[], reason: string): string {
  const said = votes.map(({ model, level }) => `${model} ${level ?? 'failed'}`).join(', ');
  return `Levels: ${said}. ${reason}`;
}
