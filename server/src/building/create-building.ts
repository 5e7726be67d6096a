import type { Principal } from '@heddle/core';
import type { ProjectGrants } from '../authority/project-grants.js';
import { BuildService, type BuildParts } from './build.service.js';
import { BuildChats } from './chat/build-chats.js';
import type { ChatToolsOfRun } from './chat/chat-tools-of-run.js';
import { ProposalService, type ProposalParts } from './proposals/proposal.service.js';

/** The services of building. */
export interface Building {
  readonly build: BuildService;
  readonly proposals: ProposalService;
  readonly chats: BuildChats;
}

/** Creates the services of building. */
export function createBuilding({
  proposals: store,
  grants,
  chatTools,
  principalOf,
  ...parts
}: BuildParts &
  Omit<ProposalParts, 'store' | 'build'> & {
    readonly proposals: ProposalParts['store'];
    readonly grants: ProjectGrants;
    readonly chatTools: ChatToolsOfRun;
    readonly principalOf: (id: string) => Promise<Principal>;
  }): Building {
  const build = new BuildService(parts);
  const proposals = new ProposalService({ ...parts, store, build });
  chatTools.bind({ build, proposals, principalOf });
  return { build, proposals, chats: new BuildChats({ build, proposals, runs: parts.runs, grants }) };
}
