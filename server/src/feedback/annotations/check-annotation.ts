import { HeddleError, type AnnotationRequest, type StoredQueue } from '@heddle/core';

/** Checks that an annotation fits its queue. Errors: `bad_request`. */
export function checkAnnotation(
  { kind, rubric }: Pick<StoredQueue, 'kind' | 'rubric'>,
  runs: readonly string[],
  { scores, text, correction, preferred, isSkipped }: AnnotationRequest,
): void {
  if (isSkipped) return;
  for (const { name, title, levels } of rubric.criteria) {
    const value = scores[name];
    if (value === undefined) throw refused(`'${title}' has no level.`, name);
    if (!levels.some((level) => level.value === value)) throw refused(`'${title}' has no level ${value}.`, name);
  }
  const unknown = Object.keys(scores).find((name) => rubric.criteria.every((criterion) => criterion.name !== name));
  if (unknown !== undefined) throw refused(`There is no criterion '${unknown.slice(0, 80)}'.`, 'scores');
  if (text !== undefined && !rubric.hasText) throw refused('This queue asks for no text.', 'text');
  if (correction !== undefined && !rubric.hasCorrection)
    throw refused('This queue asks for no corrected answer.', 'correction');
  if (kind === 'rate') {
    if (preferred !== undefined) throw refused('This queue compares no answers.', 'preferred');
    if (rubric.criteria.length === 0 && text === undefined && correction === undefined)
      throw refused('Write a text, or skip the item.', 'text');
  } else if (preferred === undefined || !(preferred === 'tie' || runs.includes(preferred)))
    throw refused('Say which run is better, or tie.', 'preferred');
}

const refused = (message: string, field: string): HeddleError =>
  new HeddleError('bad_request', message, { details: { field } });
