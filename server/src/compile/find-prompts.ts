import {
  promptsOfDocument,
  type FindPrompt,
  type PromptReference,
  type PromptStore,
  type StoredPromptVersion,
  type WorkflowDocument,
} from '@heddle/core';

/** Whether a document uses prompts of the library. */
export const namesPrompts = (document: WorkflowDocument): boolean =>
  [document, ...Object.values(document.workflows ?? {})].some(({ nodes }) =>
    Object.values(nodes).some(({ prompts }) => prompts !== undefined),
  );

/** Reads the prompts that documents use before they are compiled, because a compilation cannot wait. The result finds only these. */
export async function findPrompts(
  prompts: Pick<PromptStore, 'resolve'>,
  project: string,
  documents: Iterable<WorkflowDocument>,
): Promise<FindPrompt> {
  const found = new Map<string, StoredPromptVersion | undefined>();
  for (const document of documents) {
    if (!namesPrompts(document)) continue;
    for (const { reference } of promptsOfDocument(document)) {
      const key = keyOf(reference);
      if (found.has(key)) continue;
      const version = await prompts.resolve(project, reference);
      found.set(key, version);
      // A document whose prompts are filled in names the version instead of the label.
      if (version !== undefined) found.set(keyOf({ prompt: reference.prompt, version: version.version }), version);
    }
  }
  return (reference) => found.get(keyOf(reference));
}

/** If a reference has a label and a version, the label decides. */
const keyOf = ({ prompt, label, version }: Pick<PromptReference, 'prompt' | 'label' | 'version'>): string =>
  JSON.stringify(label === undefined ? [prompt, version] : [prompt, 'label', label]);
