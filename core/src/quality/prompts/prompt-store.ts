import type { PromptContent } from './prompt-content.js';
import type { PromptReference } from './prompt-reference.js';
import type { PromptInfo, PromptVersion } from './prompt.js';

/** A new prompt. */
export interface NewPrompt {
  readonly project: string;
  readonly name: string;
  readonly title: string;
  readonly owners: readonly string[];
}

/** Who makes a version, and why. */
export interface PromptWrite {
  readonly who: string;
  readonly note: string;
  /** The version that must be the newest; missing: any. */
  readonly base?: number | undefined;
}

/** A version of a prompt with its content. */
export type StoredPromptVersion = PromptVersion & { readonly content: PromptContent };

/** Prompts with versions. A version never changes; a save makes the next one. All calls are plain SQL, for a transaction that is open already. */
export interface PromptStore {
  /** Errors: `conflict` if the project has a prompt of that name. */
  create(prompt: NewPrompt, content: PromptContent, write: PromptWrite): PromptInfo;
  list(): readonly PromptInfo[];
  /** Errors: `not_found`. */
  get(id: string): PromptInfo;
  find(project: string, name: string): PromptInfo | undefined;
  /** Newest first. Errors: `not_found`. */
  versions(id: string): readonly PromptVersion[];
  /** Errors: `not_found` for a version too. */
  version(id: string, version: number): StoredPromptVersion;
  /** The version that a reference means in a project; undefined where there is none. */
  resolve(project: string, reference: PromptReference): StoredPromptVersion | undefined;
  /** Makes no version where the content is that of the newest. Errors: `not_found`, `conflict`, `bad_request` for another kind. */
  save(id: string, content: PromptContent, write: PromptWrite): PromptVersion & { readonly isNew: boolean };
  /** Points a label to a version; undefined removes it. Errors: `not_found`, `bad_request` for `latest`. */
  setLabel(id: string, label: string, version: number | undefined): void;
  /** Errors: `not_found`. */
  change(
    id: string,
    change: { readonly title?: string | undefined; readonly owners?: readonly string[] | undefined },
  ): void;
  /** Deletes all versions. */
  delete(id: string): void;
}
