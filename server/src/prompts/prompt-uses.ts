import {
  promptsOfDocument,
  versionsInUse,
  type PlanBundle,
  type PromptUse,
  type VersionStore,
  type WorkflowDocument,
  type WorkflowStore,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';

export interface PromptUseSources {
  readonly workflows: Pick<WorkflowStore, 'list'>;
  readonly versions: Pick<VersionStore, 'allLive' | 'get'>;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
}

/** A use of a prompt, with the prompt's name and the project. */
export type NamedUse = PromptUse & { readonly prompt: string; readonly project: string };

/** Finds the drafts and published versions that use prompts. A version never changes, so each is read only once. */
export class PromptUses {
  private readonly known = new Map<string, readonly Use[]>();

  constructor(private readonly sources: PromptUseSources) {}

  /** All uses, drafts first. */
  async all(): Promise<readonly NamedUse[]> {
    const { workflows, ownership } = this.sources;
    const stored = await workflows.list();
    const live = await this.sources.versions.allLive();
    const uses: NamedUse[] = [];
    for (const { id, slug, document } of stored) {
      const published = versionsInUse(live.get(id));
      const found = [
        ...usesIn(document),
        ...(await Promise.all(published.map((one) => this.ofVersion(id, one)))).flat(),
      ];
      for (const project of ownership.projectsOf('workflow', id))
        uses.push(...found.map((use) => ({ ...use, project, workflow: id, slug, name: document.name })));
    }
    return uses.sort((a, b) => (a.published ?? 0) - (b.published ?? 0));
  }

  private async ofVersion(id: string, version: number): Promise<readonly Use[]> {
    const key = `${id} ${version}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { bundle } = await this.sources.versions.get(id, version);
    const uses = usesInBundle(bundle).map((use) => ({ ...use, published: version }));
    this.known.set(key, uses);
    return uses;
  }
}

type Use = Pick<NamedUse, 'prompt' | 'node' | 'field' | 'label' | 'version' | 'published'>;

const usesIn = (document: WorkflowDocument): readonly Use[] =>
  promptsOfDocument(document).map(({ node, field, reference: { prompt, label, version } }) => ({
    node,
    field,
    prompt,
    label,
    version,
  }));

/** A node of a sub-workflow is named with the slug of the sub-workflow before it. */
const usesInBundle = ({ document, workflows }: PlanBundle): readonly Use[] => [
  ...usesIn(document),
  ...Object.entries(workflows).flatMap(([slug, inner]) =>
    usesIn(inner).map((use) => ({ ...use, node: `${slug}/${use.node}` })),
  ),
];
