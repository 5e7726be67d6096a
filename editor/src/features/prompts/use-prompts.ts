import type { ListedPrompt, PromptReference, PromptVersionReply } from '@heddle/core';
import { newestLabel } from '@heddle/core';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { useProject } from '../../data/access/project-store.js';

/** The prompts of the project. */
export function usePrompts(): Loaded<readonly ListedPrompt[]> {
  const project = useProject()?.id;
  return useGet('/api/prompts', {}, ({ prompts }) =>
    prompts.filter((prompt) => project === undefined || prompt.project === project),
  );
}

/** The version to which a reference points; undefined if the prompt does not have the label. */
export function versionOf(prompt: ListedPrompt, { label, version }: PromptReference): number | undefined {
  if (label === undefined) return version ?? prompt.version;
  return label === newestLabel
    ? prompt.version
    : Object.hasOwn(prompt.labels, label)
      ? prompt.labels[label]
      : undefined;
}

/** Loads a version with its text. Rejects with an ApiError. */
export const readVersion = (id: string, version: number): Promise<PromptVersionReply> =>
  client.GET('/api/prompts/{id}/versions/{version}', { params: { path: { id, version: String(version) } } });
