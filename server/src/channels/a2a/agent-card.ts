import type { AgentCard } from '@a2a-js/sdk';
import type { PublishedWorkflow } from '../../publishing/published-workflows.js';

/** The supported versions of the protocol. */
export const versions = ['1.0', '0.3'] as const;

/** The agent card of a published workflow: an agent with one skill, whose address takes JSON-RPC. */
export function agentCardOf(
  { slug, name, description = name, version, planInterface }: PublishedWorkflow,
  base: string,
): AgentCard {
  const url = `${base}/v1/workflows/${encodeURIComponent(slug)}/a2a`;
  const types = Object.values(planInterface.inputs).map(({ type }) => type);
  const modes = ['text/plain', 'application/json'];
  const inputModes = types.some((type) => /^(?:File|Image)/.test(type)) ? [...modes, '*/*'] : modes;
  const skill = { id: slug, name, description, tags: ['workflow'], examples: [], securityRequirements: [] };
  return {
    name,
    description,
    version: String(version.version),
    provider: undefined,
    signatures: [],
    supportedInterfaces: versions.map((protocolVersion) => ({
      url,
      protocolBinding: 'JSONRPC',
      tenant: '',
      protocolVersion,
    })),
    documentationUrl: `${base}/v1/workflows/${encodeURIComponent(slug)}/docs`,
    capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: true, extensions: [] },
    securitySchemes: {
      key: {
        scheme: {
          $case: 'httpAuthSecurityScheme',
          value: { description: 'An API key.', scheme: 'Bearer', bearerFormat: '' },
        },
      },
    },
    securityRequirements: [{ schemes: { key: { list: [] } } }],
    defaultInputModes: inputModes,
    defaultOutputModes: modes,
    skills: [{ ...skill, inputModes, outputModes: modes }],
  };
}
