import { prepareAndCommit } from '@heddle/adapters/stores';
import {
  authorise,
  HeddleError,
  variablesOfPrompt,
  type Audit,
  type AuditActor,
  type ChangePromptRequest,
  type Clock,
  type CreatePromptRequest,
  type ListedPrompt,
  type Principal,
  type PromptInfo,
  type PromptReply,
  type PromptStore,
  type PromptVersionReply,
  type SavePromptReply,
  type SavePromptRequest,
  type StoredPromptVersion,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import { PromptUses, type NamedUse, type PromptUseSources } from './prompt-uses.js';

interface PromptSources extends PromptUseSources {
  readonly prompts: PromptStore;
  readonly audit: Audit;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'now'>;
  readonly deletions: Deletions;
  readonly users: { list(): Promise<readonly { readonly id: string }[]> };
  /** Called after each change, because compiled drafts depend on prompts. */
  onChange(): void;
}

interface PromptActor {
  readonly caller: Principal;
  readonly by: AuditActor;
}

/** The library of prompts: creates, saves as versions, labels and deletes them. Each change is an audit event without the text. */
export class PromptService {
  private readonly uses: PromptUses;

  constructor(private readonly sources: PromptSources) {
    this.uses = new PromptUses(sources);
  }

  /** The prompts for which `shows` returns true. */
  async list(shows: (id: string) => boolean): Promise<readonly ListedPrompt[]> {
    const prompts = (await this.sources.prompts.list()).filter(({ id }) => shows(id));
    if (prompts.length === 0) return [];
    const uses = await this.uses.all();
    return prompts.map((prompt) => ({
      ...prompt,
      workflows: new Set(usesOf(prompt, uses).map(({ workflow }) => workflow)).size,
    }));
  }

  /** A prompt with its uses in workflows that the caller may read. Errors: `not_found`. */
  async get(id: string, showsWorkflow: (id: string) => boolean): Promise<PromptReply> {
    const { prompts } = this.sources;
    const prompt = await prompts.get(id);
    const uses = usesOf(prompt, await this.uses.all()).filter(({ workflow }) => showsWorkflow(workflow));
    return {
      ...prompt,
      versions: [...(await prompts.versions(id))],
      newest: replyOf(await prompts.version(id, prompt.version)),
      uses: uses.map(({ prompt: _prompt, project: _project, ...use }) => use),
    };
  }

  /** Errors: `not_found`. */
  async version(id: string, version: number): Promise<PromptVersionReply> {
    return replyOf(await this.sources.prompts.version(id, version));
  }

  /** Errors: `conflict` if the name is taken, `project_not_found`, `bad_request` for an unknown owner. */
  async create({ content, note, ...about }: CreatePromptRequest, project: string, by: AuditActor): Promise<PromptInfo> {
    const { prompts, audit, ownership, deletions } = this.sources;
    await ownership.newIn('prompt', project);
    await this.checkOwners(about.owners);
    // If the name belongs to a deleted prompt, that deletion is finished, and cannot be undone any more.
    const held = deletions.list('prompt').find((deletion) => deletion.slug === heldName(project, about.name));
    if (held !== undefined) await deletions.finish(held);
    const { prompt, hash, writes } = prompts.create({ ...about, project }, content, { who: by.who, note });
    const { id, name, version } = prompt;
    await audit.commit(
      { kind: 'prompt', ...by, subject: `prompt:${id}`, details: { step: 'made', name, version, hash } },
      [...writes, ...ownership.write.assign('prompt', id, project)],
    );
    this.sources.onChange();
    return prompt;
  }

  /**
   * Saves a new version. Errors: `not_found`; `conflict` if someone saved meanwhile; `forbidden` to set a label of a prompt with other
   * owners.
   */
  async save(
    id: string,
    { content, label, note, base }: SavePromptRequest,
    actor: PromptActor,
  ): Promise<SavePromptReply> {
    const { prompts, audit } = this.sources;
    const prompt = await prompts.get(id);
    if (label !== undefined) this.checkOwner(prompt, actor.caller);
    const { version: saved } = await prepareAndCommit(
      () => prompts.save(id, content, { who: actor.by.who, note, base, label }),
      ({ version: { version, hash }, writes }) =>
        audit.commit(
          {
            kind: 'prompt',
            ...actor.by,
            subject: `prompt:${id}`,
            details: { step: 'version saved', name: prompt.name, version, hash, label },
          },
          writes,
        ),
    );
    this.sources.onChange();
    return saved;
  }

  /** Points a label to a version; undefined removes it. Errors: `not_found`, `bad_request`, `forbidden`. */
  async setLabel(
    id: string,
    label: string,
    version: number | undefined,
    { caller, by }: PromptActor,
  ): Promise<PromptInfo> {
    const { prompts, audit } = this.sources;
    const prompt = await prompts.get(id);
    this.checkOwner(prompt, caller);
    const { name } = prompt;
    const details =
      version === undefined
        ? ({ step: 'label removed', name, label } as const)
        : ({ step: 'label set', name, label, version } as const);
    const writes = await prompts.setLabel(id, label, version);
    await audit.commit({ kind: 'prompt', ...by, subject: `prompt:${id}`, details }, writes);
    this.sources.onChange();
    return prompts.get(id);
  }

  /** Errors: `not_found`, `bad_request`, `forbidden`, `conflict` if someone changed the owners meanwhile. */
  async change(id: string, { title, owners }: ChangePromptRequest, { caller, by }: PromptActor): Promise<PromptInfo> {
    const { prompts, audit } = this.sources;
    const prompt = await prompts.get(id);
    this.checkOwner(prompt, caller);
    await this.checkOwners(owners ?? []);
    const details = { step: 'changed', name: prompt.name, title, owners } as const;
    const writes = prompts.change(prompt, { title, owners });
    await audit.commit({ kind: 'prompt', ...by, subject: `prompt:${id}`, details }, writes);
    return prompts.get(id);
  }

  /** Errors: `not_found`, `forbidden`, `conflict` while a published version uses it. */
  async delete(id: string, canUndo: boolean, { caller, by }: PromptActor): Promise<void> {
    const { prompts, audit, deletions } = this.sources;
    const prompt = await prompts.get(id);
    this.checkOwner(prompt, caller);
    await this.refuseIfPublished(prompt);
    if (canUndo)
      await deletions.begin({ kind: 'prompt', within: '', id, slug: heldName(prompt.project, prompt.name), ...by });
    else {
      const details = { step: 'prompt removed', name: prompt.name } as const;
      await audit.commit({ kind: 'erase', ...by, subject: `prompt:${id}`, details }, prompts.delete(id));
    }
    this.sources.onChange();
  }

  /** Undoes a deletion. Errors: `not_found` after a few seconds. */
  async restore(id: string, by: AuditActor): Promise<PromptInfo> {
    if (!(await this.sources.deletions.restore('prompt', id, by))) throw goneForGood('The prompt');
    this.sources.onChange();
    return this.sources.prompts.get(id);
  }

  private async refuseIfPublished(prompt: PromptInfo): Promise<void> {
    const uses = usesOf(prompt, await this.uses.all()).filter(({ published }) => published !== undefined);
    const slugs = [...new Set(uses.map(({ slug }) => slug))];
    if (slugs.length === 0) return;
    const more = slugs.length > 10 ? ` and ${slugs.length - 10} more` : '';
    throw new HeddleError(
      'conflict',
      `The prompt '${prompt.name}' is in published versions of ${slugs.slice(0, 10).join(', ')}${more}: publish them without it, or unpublish them, before you delete it.`,
      { details: { workflows: slugs } },
    );
  }

  /**
   * If a prompt has owners, only they and the owners of the project may move its labels, change its owners or delete it. Errors:
   * `forbidden`.
   */
  private checkOwner({ name, owners, id, project }: PromptInfo, caller: Principal): void {
    if (owners.length === 0 || owners.includes(caller.id)) return;
    const resource = { kind: 'prompt', id, project } as const;
    if (authorise(caller, 'grant:write', resource, this.sources.clock.now()) === 'allowed') return;
    throw new HeddleError(
      'forbidden',
      `The prompt '${name}' has owners: only they and the owners of the project move its labels, change its owners or delete it. You can save a version, and ask them to label it.`,
    );
  }

  private async checkOwners(owners: readonly string[]): Promise<void> {
    const known = new Set(['local', ...(await this.sources.users.list()).map(({ id }) => `user:${id}`)]);
    const missing = owners.find((owner) => !known.has(owner));
    if (missing !== undefined)
      throw new HeddleError('bad_request', `There is no user '${missing.slice(0, 80)}': name owners as user:ID.`);
  }
}

/** The name under which a deletion reserves the name of its prompt. */
const heldName = (project: string, name: string): string => `${project}/${name}`;

const usesOf = ({ project, name }: PromptInfo, uses: readonly NamedUse[]): readonly NamedUse[] =>
  uses.filter((use) => use.prompt === name && use.project === project);

const replyOf = (version: StoredPromptVersion): PromptVersionReply => ({
  ...version,
  variables: [...variablesOfPrompt(version.content)],
});
