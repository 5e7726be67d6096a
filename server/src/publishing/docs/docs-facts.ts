import {
  authorise,
  describePorts,
  snippetsOf,
  type Clock,
  type LivePointer,
  type Plan,
  type PortDescription,
  type Principal,
  type Snippet,
  type WorkflowVersion,
} from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';
import type { Settings } from '../../settings/settings-table.js';
import type { PublishedRuns } from '../runs/published-runs.js';
import type { PublishingService } from '../publishing.service.js';
import type { PublishedWorkflow } from '../published-workflows.js';

/** What the documentation page of a workflow shows. */
export interface DocsFacts {
  /** The public address of this server. */
  readonly origin: string;
  readonly workflow: Pick<PublishedWorkflow, 'slug' | 'name' | 'description'> & { readonly version: number };
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  readonly plan: Plan;
  readonly snippets: readonly Snippet[];
  readonly versions: readonly WorkflowVersion[];
  readonly live: LivePointer | undefined;
  /** Whether the caller may read the workflow, and so also sees the notes of its versions and a link to the editor. */
  readonly mayRead: boolean;
  readonly limits: DocsLimits;
}

/** The settings of this server that matter to callers. */
export type DocsLimits = Pick<
  Settings,
  | 'bodyLimit'
  | 'uploadLimit'
  | 'inputLimit'
  | 'publishedTimeoutMs'
  | 'ratePerMinute'
  | 'projectRatePerMinute'
  | 'cancelOnDisconnect'
>;

interface DocsSources {
  readonly published: PublishedRuns;
  readonly publishing: PublishingService;
  readonly ownership: Ownership;
  readonly settings: Settings;
  readonly clock: Clock;
}

/** Collects what the page of a workflow shows to this caller. Errors: as `PublishedRuns.workflow`. */
export async function docsFacts(
  { published, publishing, ownership, settings, clock }: DocsSources,
  { slug, caller, origin }: { readonly slug: string; readonly caller: Principal; readonly origin: string },
): Promise<DocsFacts> {
  const workflow = await published.workflow(slug, caller);
  const { versions, live } = await publishing.versions(workflow.id);
  const resource = await ownership.resourceOf('workflow', workflow.id);
  const inputs = describePorts(workflow.planInterface.inputs);
  const outputs = describePorts(workflow.planInterface.outputs);
  return {
    origin,
    workflow: {
      slug: workflow.slug,
      name: workflow.name,
      description: workflow.description,
      version: workflow.version.version,
    },
    inputs,
    outputs,
    plan: workflow.compiled.plan,
    snippets: snippetsOf({ origin, slug: workflow.slug, inputs, outputs }),
    versions,
    live,
    mayRead: authorise(caller, 'workflow:read', resource, clock.now()) === 'allowed',
    limits: settings,
  };
}
