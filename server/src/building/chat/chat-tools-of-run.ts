import {
  localPrincipal,
  type HostTool,
  type Principal,
  type RunAcceptance,
  type StoredProposal,
  type Tools,
} from '@heddle/core';
import { z } from 'zod';
import { contentHash } from '../../calls/content-hash.js';
import { builderOf } from '../builder.js';
import { chatTools, type BuildServices, type OfferedTool } from '../build-tools.js';
import { callTool } from '../call-tool.js';

/** The tool server name of the chat tools. Only the run of a chat has them; any other workflow that names this server finds nothing. */
export const chatServer = 'heddle-build';
const prefix = `${chatServer}__`;

const Asked = z.strictObject({ buildProposal: z.string() });

/** What is stored with the run of a chat: the proposal that it works on. No request of a caller can set this. */
export const askedOfChat = (proposal: string): z.infer<typeof Asked> => ({ buildProposal: proposal });

/** The services that the chat tools use. They are created after the resources of runs. */
interface ChatToolSources extends BuildServices {
  /** The person with their present rights. Errors: `forbidden` if they no longer have any. */
  principalOf(id: string): Promise<Principal>;
}

/** Gives the run of a chat the tools that work on its proposal. Other runs are not affected. */
export class ChatToolsOfRun {
  private sources: ChatToolSources | undefined;

  /** Sets the services, which are created after the resources of runs. */
  bind(sources: ChatToolSources): void {
    this.sources = sources;
  }

  /** The tools of a run; undefined if the run is not a chat. */
  of(
    { asked, caller, trigger }: Pick<RunAcceptance, 'asked' | 'caller' | 'trigger'>,
    project: string,
  ): Tools | undefined {
    const { sources } = this;
    const chat = Asked.safeParse(asked);
    if (sources === undefined || !chat.success || trigger !== 'editor') return undefined;
    const who = caller?.principal ?? localPrincipal.id;
    const proposal = (): Promise<StoredProposal> => sources.proposals.working(chat.data.buildProposal, who, project);
    const tools = chatTools(proposal);
    const check = (servers: readonly string[]): boolean => servers.includes(chatServer);
    const listed = tools.map(hostTool);
    return {
      destinationOf: (name) => Promise.resolve(listed.find((each) => each.name === name)?.destination),
      list: (servers) => Promise.resolve(check(servers) ? listed : []),
      known: (servers) => Promise.resolve(check(servers) ? listed : []),
      admit: () => Promise.resolve(),
      async call(name, args, { signal }) {
        const principal = await sources.principalOf(who);
        const builder = builderOf(principal, project, signal);
        const value = await callTool(tools, name.slice(prefix.length), args, sources, builder);
        return { value, text: JSON.stringify(value) };
      },
    };
  }
}

/**
 * Describes a chat tool for the agent. The tool changes only the working copy, which a person accepts later, and its sample runs have no
 * effects outside, so it needs no approval of its own.
 */
function hostTool({ name, description, inputSchema }: OfferedTool): HostTool {
  return {
    name: `${prefix}${name}`,
    server: chatServer,
    description,
    effects: ['read'],
    isApproved: true,
    label: 'internal',
    // A JSON Schema is JSON.
    parameters: inputSchema as HostTool['parameters'],
    hash: contentHash(`${name} ${JSON.stringify(inputSchema)}`),
    destination: { name: chatServer, clearance: 'restricted', isLocal: true },
  };
}
