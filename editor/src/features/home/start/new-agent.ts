import {
  parseDocument,
  type ConnectionReply,
  type ModelState,
  type WorkflowDocument,
  type WorkflowReply,
} from '@heddle/core';
import { client } from '../../../data/api/client.js';
import { isReady } from './chat/chat-models.js';

/** The default model of the agent node. */
const starterModel = 'smollm2-135m';

const starterNote =
  '\n\nThe starter model seldom calls a tool by itself. Choose a model that was trained for tools in *Agent*: add one on the page Models, or connect a provider.';

/**
 * Stores a workflow with an agent that has two harmless tools. It uses the available model that is best at calling tools. Rejects with an
 * ApiError.
 */
export async function createAgent(): Promise<WorkflowReply> {
  const [{ models }, { connections }] = await Promise.all([
    client.GET('/api/models'),
    // If the user may not see connections, the agent can still use the models of this machine.
    client.GET('/api/connections').catch(() => ({ connections: [] })),
  ]);
  return client.POST('/api/workflows', { body: { document: agentDocument(agentModel(models, connections)) } });
}

/** A model for an agent; `isWeak` means that it seldom calls tools. */
interface AgentModel {
  readonly id: string;
  readonly isWeak: boolean;
}

/** Chooses a connected model that supports tools, or else one that the user added to this machine, or else the starter model. */
export function agentModel(
  models: readonly ModelState[],
  connections: readonly Pick<ConnectionReply, 'id' | 'kind' | 'key' | 'isEnabled' | 'models'>[],
): AgentModel {
  const connected = connections
    .filter(({ isEnabled, key, kind }) => isEnabled && (key !== 'none' || kind === 'openai-compatible'))
    .flatMap(({ id, models: offered }) =>
      offered.filter(({ kind, supports }) => kind === 'generate' && supports.tools).map(({ name }) => `${id}/${name}`),
    )[0];
  if (connected !== undefined) return { id: connected, isWeak: false };
  const local = models.filter((model) => model.card.kind === 'generate' && isReady(model));
  const added = local.find(({ card }) => !card.isStarter);
  if (added !== undefined) return { id: added.card.id, isWeak: false };
  const starter = models.find(({ card }) => card.kind === 'generate' && card.isStarter);
  return { id: (local[0] ?? starter)?.card.id ?? starterModel, isWeak: true };
}

/** The workflow of the agent: a question, an agent with a calculator and the time, and its answer. */
export function agentDocument({ id, isWeak }: AgentModel): WorkflowDocument {
  const text = { type: 'Text' };
  return parseDocument({
    heddle: 2,
    name: 'Agent with tools',
    description: 'A model calls tools until it has an answer.',
    nodes: {
      question: {
        type: 'input',
        version: 1,
        title: 'Question',
        config: {
          fields: [
            { ...text, name: 'question', title: 'Your question', default: 'What is 17 * 23?', maxLength: 10_000 },
          ],
        },
      },
      agent: {
        type: 'agent',
        version: 1,
        title: 'Agent',
        config: { model: id, tools: [{ use: 'calculator' }, { use: 'time' }] },
      },
      answer: {
        type: 'output',
        version: 1,
        title: 'Answer',
        config: { fields: [{ ...text, name: 'answer', title: 'Answer' }] },
      },
    },
    edges: [
      { from: 'question.question', to: 'agent.prompt' },
      { from: 'agent.text', to: 'answer.answer' },
    ],
    layout: {
      nodes: { question: [0, 0], agent: [320, 0], answer: [640, 0] },
      notes: [
        {
          id: 'about',
          at: [0, -220],
          size: [568, isWeak ? 156 : 112],
          color: 'amber',
          text: `**A model that calls tools until it has an answer.** Run it with the given question.\n\nAdd tools in *Agent*: search in a collection, HTTP, code, another workflow, or a tool server (MCP). A tool can ask for approval first.${isWeak ? starterNote : ''}`,
        },
      ],
      groups: [],
    },
  });
}
