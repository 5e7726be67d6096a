import { z } from 'zod';
import { TestReport } from '../api/publishing.js';
import { Issue } from '../plan/issue.js';
import { DataFlow } from '../ports/stores/versions.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

/** The kind of a proposal: the next version of a workflow, or other contents of a draft. */
export const ProposalKind = z.enum(['publish', 'draft']).meta({ id: 'ProposalKind' });
export type ProposalKind = z.infer<typeof ProposalKind>;

/** `stale`: the draft has changed since, so the proposal can no longer be accepted. */
export const ProposalState = z.enum(['open', 'accepted', 'rejected', 'stale']).meta({ id: 'ProposalState' });
export type ProposalState = z.infer<typeof ProposalState>;

const line = {
  id: z.string(),
  kind: ProposalKind,
  state: ProposalState,
  title: z.string(),
  note: z.string(),
  /** Id of the workflow; missing if the proposal creates a new one. */
  workflow: z.string().optional(),
  workflowName: z.string(),
  /** `Principal.id` of the program, or of the person in whose chat it was made. */
  author: z.string(),
  authorName: z.string(),
  /** The run of the chat in which it was made. */
  run: z.string().optional(),
  /** Whether the model of the chat is still working on it. */
  isWorking: z.boolean(),
  madeAt: z.number(),
  decidedBy: z.string().optional(),
  decidedAt: z.number().optional(),
  /** The version that an accepted proposal became. */
  version: z.int().positive().optional(),
} as const;

/** A proposal in a list. */
export const ProposalSummary = z.object(line).meta({ id: 'ProposalSummary' });
export type ProposalSummary = z.infer<typeof ProposalSummary>;

/** A whole proposal, for the person who decides about it. */
export const ProposalReply = lazyObject(() => ({
  ...line,
  /** The draft now, and as proposed. For the next version: the live version, and the draft. */
  before: z.unknown().optional(),
  after: z.unknown(),
  /** The differences as text. */
  diff: z.string(),
  /** `sha256:<hex>` of the proposed contents. Accepting sends it back. */
  hash: z.string(),
  issues: z.array(Issue),
  dataMap: z.array(DataFlow),
  /** The flows that are new compared with the data map of the draft or the previous version. */
  newFlows: z.array(DataFlow),
  /** Hash of the data map. Accepting sends it back. */
  dataMapHash: z.string(),
  tests: TestReport.optional(),
})).meta({ id: 'ProposalReply' });
export type ProposalReply = z.infer<typeof ProposalReply>;

/** Reply of `GET /api/proposals`. */
export const ProposalsReply = z.object({ proposals: z.array(ProposalSummary) }).meta({ id: 'ProposalsReply' });
export type ProposalsReply = z.infer<typeof ProposalsReply>;

/** Body of `POST /api/proposals/:id/accept`: confirms what the person has read. */
export const AcceptProposalRequest = lazyStrictObject(() => ({
  /** The `hash` of the proposal: the person accepts these changes. */
  hash: z.string().max(100),
  /** The `dataMapHash` of the proposal: the person accepts these data flows. */
  dataMapHash: z.string().max(100),
})).meta({ id: 'AcceptProposalRequest' });
export type AcceptProposalRequest = z.infer<typeof AcceptProposalRequest>;

/** Body of `POST /api/proposals/:id/reject`. */
export const RejectProposalRequest = z
  .strictObject({ reason: z.string().max(2_000).default('') })
  .prefault({})
  .meta({ id: 'RejectProposalRequest' });

/** Reply to accepting or rejecting a proposal. */
export const DecidedProposal = lazyObject(() => ({
  id: z.string(),
  state: ProposalState,
  workflow: z.string().optional(),
  version: z.int().positive().optional(),
})).meta({ id: 'DecidedProposal' });
export type DecidedProposal = z.infer<typeof DecidedProposal>;

/** Body of `POST /api/build/chats`: the person's request, and the model that builds the workflow. */
export const BuildChatRequest = lazyStrictObject(() => ({
  message: z.string().trim().min(1).max(20_000),
  /** `connection/model`, or the id of a local model. The model must support tool calls. */
  model: z.string().min(1).max(256),
  /** Id of the workflow to change; without it, a new one is built. */
  workflow: z.string().max(128).optional(),
  /** Continues the chat of this proposal. */
  proposal: z.string().max(64).optional(),
  maxCost: z.number().positive().max(1_000_000).optional(),
})).meta({ id: 'BuildChatRequest' });
export type BuildChatRequest = z.infer<typeof BuildChatRequest>;

/** Reply of `POST /api/build/chats`: the run of the model, and the proposal that it works on. */
export const BuildChatReply = lazyObject(() => ({ runId: z.string(), proposal: z.string() })).meta({
  id: 'BuildChatReply',
});
export type BuildChatReply = z.infer<typeof BuildChatReply>;

/** A tool for programs that build. */
export const BuildTool = lazyObject(() => ({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** JSON schema of its arguments. */
  inputSchema: z.record(z.string(), z.unknown()),
  /** Whether it changes nothing. */
  isReadOnly: z.boolean(),
})).meta({ id: 'BuildTool' });
export type BuildTool = z.infer<typeof BuildTool>;

/** Reply of `GET /api/build/tools`. */
export const BuildToolsReply = z.object({ tools: z.array(BuildTool) }).meta({ id: 'BuildToolsReply' });

/** Reply of `POST /api/build/tools/:tool`. */
export const BuildToolReply = z.object({ result: z.unknown() }).meta({ id: 'BuildToolReply' });
