import { withoutUndefined, type AnnotationQueue, type AnnotationRequest, type AnnotatedRun } from '@heddle/core';

/** The annotation as chosen so far. */
interface AnnotationDraft {
  readonly scores: Readonly<Record<string, number>>;
  readonly preferred?: string | undefined;
  readonly text: string;
  readonly correction: string;
  /** The criterion that number keys set. */
  readonly active: number;
}

export const emptyDraft: AnnotationDraft = { scores: {}, text: '', correction: '', active: 0 };

/** Returns the annotation to send, or a message that says what is missing. */
export function readDraft(
  { kind, rubric }: Pick<AnnotationQueue, 'kind' | 'rubric'>,
  { scores, preferred, text, correction }: AnnotationDraft,
): AnnotationRequest | string {
  if (kind === 'compare' && preferred === undefined)
    return 'Say which answer is better, or that they are equally good.';
  const missing = rubric.criteria.find(({ name }) => scores[name] === undefined);
  if (missing !== undefined) return `Choose a level for ${missing.title}.`;
  const written = withoutUndefined({
    text: text.trim() || undefined,
    correction: correction.trim() || undefined,
    preferred,
  });
  if (kind === 'rate' && rubric.criteria.length === 0 && Object.keys(written).length === 0)
    return 'Write a text, or skip this answer.';
  return { scores: { ...scores }, isSkipped: false, ...written };
}

/** Chooses a level of the active criterion by its position, then activates the next criterion without a level. */
export function choose(
  { rubric }: Pick<AnnotationQueue, 'rubric'>,
  draft: AnnotationDraft,
  position: number,
): AnnotationDraft {
  const criterion = rubric.criteria[draft.active];
  const level = criterion?.levels[position];
  if (criterion === undefined || level === undefined) return draft;
  const scores = { ...draft.scores, [criterion.name]: level.value };
  const open = rubric.criteria.findIndex(({ name }) => scores[name] === undefined);
  return { ...draft, scores, active: open < 0 ? draft.active : open };
}

/** Changes the level of the active criterion by one. */
function moveLevel(queue: Pick<AnnotationQueue, 'rubric'>, draft: AnnotationDraft, by: 1 | -1): AnnotationDraft {
  const criterion = queue.rubric.criteria[draft.active];
  if (criterion === undefined) return draft;
  const at = criterion.levels.findIndex(({ value }) => value === draft.scores[criterion.name]);
  const to = at < 0 ? (by === 1 ? 0 : criterion.levels.length - 1) : at + by;
  const { active } = draft;
  return { ...choose(queue, draft, Math.min(criterion.levels.length - 1, Math.max(0, to))), active };
}

/** Returns the draft after a key press; undefined if the key has no function. */
export function draftAfterKey(
  key: string,
  queue: Pick<AnnotationQueue, 'kind' | 'rubric'>,
  runs: readonly AnnotatedRun[],
  draft: AnnotationDraft,
): AnnotationDraft | undefined {
  const { criteria } = queue.rubric;
  if (queue.kind === 'compare') {
    if (key === 'ArrowLeft') return { ...draft, preferred: runs[0]?.runId };
    if (key === 'ArrowRight') return { ...draft, preferred: runs[1]?.runId };
    if (key === '=' || key === '0') return { ...draft, preferred: 'tie' };
  }
  if (/^[1-9]$/.test(key)) return choose(queue, draft, Number(key) - 1);
  if (key === 'ArrowLeft') return moveLevel(queue, draft, -1);
  if (key === 'ArrowRight') return moveLevel(queue, draft, 1);
  if (key === 'ArrowUp') return { ...draft, active: Math.max(0, draft.active - 1) };
  if (key === 'ArrowDown') return { ...draft, active: Math.min(Math.max(0, criteria.length - 1), draft.active + 1) };
  return undefined;
}
