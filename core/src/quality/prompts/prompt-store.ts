import type { GuardedWrite } from '../../ports/database/guarded-write.js';
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
  /** The version that must still be the newest; absent: any. */
  readonly base?: number | undefined;
  /** A label that points to the version from now on. */
  readonly label?: string | undefined;
}

/** A version of a prompt with its content. */
export type StoredPromptVersion = PromptVersion & { readonly content: PromptContent };

/** Members of a prompt that change without a version; undefined stays as it is. */
interface PromptChange {
  readonly title?: string | undefined;
  readonly owners?: readonly string[] | undefined;
}

/**
 * Prompts with versions. A version never changes; a save makes the next one. Changes return writes: nothing is stored before their commit, which
 * fails with `conflict` if another operation was quicker.
 */
export interface PromptStore {
  /** Errors of the commit: `conflict` if the project has a prompt of that name. */
  create(
    prompt: NewPrompt,
    content: PromptContent,
    write: PromptWrite,
  ): { readonly prompt: PromptInfo; readonly hash: string; readonly writes: readonly GuardedWrite[] };
  list(): Promise<readonly PromptInfo[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<PromptInfo>;
  find(project: string, name: string): Promise<PromptInfo | undefined>;
  /** Newest first. Errors: `not_found`. */
  versions(id: string): Promise<readonly PromptVersion[]>;
  /** Errors: `not_found` for a version too. */
  version(id: string, version: number): Promise<StoredPromptVersion>;
  /** The version that a reference means in a project; undefined where there is none. */
  resolve(project: string, reference: PromptReference): Promise<StoredPromptVersion | undefined>;
  /** Makes no version where the content is that of the newest. Errors: `not_found`, `conflict`, `bad_request` for another kind and the label `latest`. */
  save(
    id: string,
    content: PromptContent,
    write: PromptWrite,
  ): Promise<{
    readonly version: PromptVersion & { readonly isNew: boolean };
    readonly writes: readonly GuardedWrite[];
  }>;
  /** Points a label to a version; undefined removes it. Errors: `not_found`, also of the commit; `bad_request` for `latest`. */
  setLabel(id: string, label: string, version: number | undefined): Promise<readonly GuardedWrite[]>;
  /** Changes a prompt that was read. */
  change(prompt: PromptInfo, change: PromptChange): readonly GuardedWrite[];
  /** Deletes all versions. */
  delete(id: string): readonly GuardedWrite[];
}
