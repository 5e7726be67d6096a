import type { ReactElement } from 'react';
import { CitedList, useCited } from './CitedList.js';
import type { Source } from './types.js';

/** The sources of an answer, folded until they are opened. */
export function Citations({
  answer,
  sources,
}: {
  readonly answer: string;
  readonly sources: readonly Source[];
}): ReactElement | null {
  return <CitedList cited={useCited(answer, sources)} />;
}
