import type { ReactElement } from 'react';
import { PromptList } from './PromptList.js';
import { PromptPage } from './PromptPage.js';

/** The prompts of a project, or the prompt that the address names. */
export function PromptsPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <PromptList tabs={tabs} /> : <PromptPage id={item} tabs={tabs} />;
}
