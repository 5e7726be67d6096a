import { Citation, issueInLists } from '@heddle/core';
import { z } from 'zod';

const Citations = z.array(Citation);

/** The citations in an output; empty for other values. */
export function citationsIn(value: unknown): readonly Citation[] {
  // A cheap check first: an output can be any list, and most are not citations.
  if (!Array.isArray(value) || value.length === 0 || !Citation.safeParse(value[0]).success) return [];
  if (issueInLists(Citations, value) !== undefined) return [];
  const parsed = Citations.safeParse(value);
  return parsed.success ? parsed.data : [];
}
