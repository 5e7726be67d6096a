import type { Classifier } from '@heddle/core';
import { detect, patternDetectors } from '../redaction/detect.js';
import { findNames } from '../redaction/find-names.js';
import { nameKinds, patternKinds } from '../redaction/finding.js';
import type { Judge } from './judge.js';

/** Kinds of personal data that a judge can name: those with a pattern, and those that need a model for names. */
export const personalKinds = [...patternKinds, ...nameKinds] as const;
type PersonalKind = (typeof personalKinds)[number];

/** The name of this judge in a verdict. */
export const personalJudgeId = 'personal data';

/** Whether a kind needs a model for names. */
export const needsNames = (kind: PersonalKind): boolean => nameKinds.some((one) => one === kind);

/** Creates a judge of personal data: patterns as in the node `redact`, and names from a model that labels tokens. */
export function personalJudge(
  kinds: readonly PersonalKind[],
  names: { readonly model: Classifier; readonly least: number } | undefined,
  signal: AbortSignal,
): Judge {
  const detectors = patternKinds.filter((kind) => kinds.includes(kind)).map((kind) => patternDetectors[kind]);
  return async (sentence) => {
    const found = detect(sentence, detectors).map(({ kind }) => kind);
    if (names !== undefined)
      for (const { kind } of await findNames(names.model, sentence, names.least, signal)) found.push(kind);
    return [...new Set(found)]
      .filter((kind) => kinds.some((one) => one === kind))
      .map((category) => ({ category, score: 1, judge: personalJudgeId }));
  };
}
