import {
  HeddleError,
  isPerson,
  joinLabels,
  publicLabel,
  withoutUndefined,
  type BuildChatReply,
  type BuildChatRequest,
  type Label,
  type StoredProposal,
} from '@heddle/core';
import { undefinedIf } from '../../common/undefined-if.js';
import { runCaller } from '../../auth/caller.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import { checkModel } from '../../authority/authorised-resources.js';
import type { ProjectGrants } from '../../authority/project-grants.js';
import type { RunService } from '../../runs/run.service.js';
import type { Builder } from '../builder.js';
import type { BuildService } from '../build.service.js';
import type { ProposalService } from '../proposals/proposal.service.js';
import { chatDocument } from './chat-document.js';
import { askedOfChat } from './chat-tools-of-run.js';

/** The run id in a proposal whose own run has not started yet. */
const notBegun = 'not begun';

interface ChatParts {
  readonly build: BuildService;
  readonly proposals: ProposalService;
  readonly runs: RunService;
  readonly grants: Pick<ProjectGrants, 'has'>;
}

/** Chats in which a model builds what a person describes. Each message is a run, and all runs of a chat work on one proposal. */
export class BuildChats {
  constructor(private readonly parts: ChatParts) {}

  /**
   * Starts a run for a message. Errors: `forbidden` for a program, `model_unknown`, `workflow_not_found`, `proposal_not_found`,
   * `proposal_decided`, `conflict` while the model is still working.
   */
  async begin(
    builder: Builder,
    { message, model, workflow, proposal: continued, maxCost }: BuildChatRequest,
  ): Promise<BuildChatReply> {
    const { build, proposals, runs, grants } = this.parts;
    const { principal } = builder;
    if (!isPerson(principal))
      throw new HeddleError(
        'forbidden',
        'The chat is for a person in the editor: a program builds with the tools of /mcp/build.',
      );
    const before = continued === undefined ? undefined : await this.own(builder, continued);
    const name = before?.workflow ?? workflow;
    const stored = name === undefined ? undefined : await build.stored(builder, name);
    const project = before?.project ?? build.projectOf(builder, stored?.id);
    const { ownership, clock } = build.parts;
    checkAccess(principal, 'workflow:build', await ownership.newIn('workflow', project), clock);
    checkAccess(principal, 'model:try', { kind: 'model', id: model, project }, clock, model);
    checkModel({ mayUse: (kind, id) => grants.has(project, kind, id) }, model);
    const history = before === undefined ? undefined : await this.historyOf(before);
    const within = { ...builder, project };
    const proposal = before ?? (await proposals.begin(within, stored, notBegun, message.slice(0, 120)));
    const caller = runCaller(principal, project);
    return proposals.inOrder(proposal.id, async () => {
      const { runId } = await runs.start({
        document: chatDocument(model, maxCost),
        request: { inputs: withoutUndefined({ request: message, messages: history?.messages }) },
        trigger: 'editor',
        label: history?.label,
        ...withoutUndefined({ caller }),
        asked: askedOfChat(proposal.id),
      });
      await proposals.work(within, await proposals.readable(principal, proposal.id), { run: runId });
      return { runId, proposal: proposal.id };
    });
  }

  /** The proposal of a chat, which belongs to the person who began the chat. Errors: `proposal_not_found`, `proposal_decided`. */
  private async own({ principal }: Builder, id: string): Promise<StoredProposal> {
    const proposal = await this.parts.proposals.readable(principal, id);
    if (proposal.author !== principal.id || proposal.run === undefined)
      throw new HeddleError('proposal_not_found', 'This proposal is not a chat of yours: begin a new one.');
    if (proposal.state !== 'open')
      throw new HeddleError('proposal_decided', 'The proposal of this chat is decided: begin a new one.');
    return proposal;
  }

  /** The conversation so far, with its label. Errors: `conflict` while the model is working. */
  private async historyOf({
    run,
  }: StoredProposal): Promise<{ readonly messages: unknown; readonly label: Label } | undefined> {
    if (run === undefined || run === notBegun) return undefined;
    const { runs } = this.parts;
    const summary = await undefinedIf(['run_not_found'], () => runs.summary(run));
    if (summary === undefined) return undefined;
    const end = await runs.end(run);
    if (end === undefined) throw new HeddleError('conflict', 'The model still works on it: wait, or end its run.');
    const output = end.outputs?.['messages'];
    return output === undefined ? undefined : { messages: output.value, label: joinLabels(publicLabel, output.label) };
  }
}
