import { chatInterfaceOf } from '../plan/chat-interface.js';
import type { PortDescription } from '../node/describe-node.js';
import { exampleInputs, exampleOf, takesFiles } from './example-inputs.js';
import { heddlePythonSnippet, pythonSnippet } from './python-snippet.js';
import { curlSnippet, curlWithFiles } from './shell-snippet.js';
import { clientSnippet, fetchSnippet, heddleSnippet, openAiSnippet, type CallParts } from './typescript-snippet.js';

/** An example of calling a workflow from code. */
export interface Snippet {
  readonly id:
    'curl' | 'stream' | 'async' | 'typescript' | 'heddle' | 'heddle-python' | 'client' | 'python' | 'openai' | 'mcp';
  readonly title: string;
  readonly help: string;
  readonly code: string;
}

/** The data for the snippets: the server, and the inputs and outputs of the workflow. */
interface SnippetFacts {
  readonly origin: string;
  readonly slug: string;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** Input values of a real call, which replace the example values. */
  readonly example?: Readonly<Record<string, unknown>> | undefined;
}

/** Returns code examples for all ways to call a workflow. API keys are read from the environment and never appear in the code. */
export function snippetsOf({ origin, slug, inputs, outputs, example: real }: SnippetFacts): readonly Snippet[] {
  const url = `${origin}/v1/workflows/${slug}`;
  const example = { ...exampleInputs(inputs), ...real };
  const files = inputs.filter((port) => takesFiles(port) && !port.isOptional);
  const parts = { origin, slug, example, files, output: outputs[0]?.name ?? 'answer' };
  const curl = (...more: readonly string[]): string =>
    files.length === 0
      ? curlSnippet(url, JSON.stringify(example, null, 2), more)
      : curlWithFiles(url, example, files, more);
  return [
    { id: 'curl', title: 'curl', help: 'Returns when the run has ended.', code: curl() },
    {
      id: 'typescript',
      title: 'JavaScript',
      help: 'Only fetch, without a library: Node, Deno, Bun, also in TypeScript.',
      code: fetchSnippet(parts),
    },
    {
      id: 'python',
      title: 'Python',
      help: 'pip install httpx (requests takes the same arguments)',
      code: pythonSnippet(parts),
    },
    ...heddleSnippets(parts),
    {
      id: 'stream',
      title: 'curl, streaming',
      help: 'Streams text while it is generated: events delta, node, citation, then result or error.',
      code: curl('-N', "-H 'Accept: text/event-stream'"),
    },
    {
      id: 'async',
      title: 'curl, later',
      help: 'Returns 202 at once; the Location header has the address of the run.',
      code: curl('-i', "-H 'Prefer: respond-async'"),
    },
    {
      id: 'client',
      title: 'TypeScript client',
      help: 'A typed client: npm install openapi-fetch openapi-typescript',
      code: clientSnippet(parts),
    },
    ...openAiSnippets(parts, inputs, outputs),
    {
      id: 'mcp',
      title: 'MCP',
      help: 'Each live workflow that the key may call is a tool.',
      code: mcpSnippet(origin),
    },
  ];
}

/** Heddle's own clients, which the server offers as packages. */
function heddleSnippets(parts: CallParts): readonly Snippet[] {
  const { origin } = parts;
  return [
    {
      id: 'heddle',
      title: 'Heddle client, TypeScript',
      help: `Streams that resume, threads, files: npm install ${origin}/clients/heddle-client.tgz`,
      code: heddleSnippet(parts),
    },
    {
      id: 'heddle-python',
      title: 'Heddle client, Python',
      help: `Streams that resume, threads, files: pip install ${origin}/clients/heddle_client-0.1.0-py3-none-any.whl`,
      code: heddlePythonSnippet(parts),
    },
  ];
}

function mcpSnippet(origin: string): string {
  const heddle = { type: 'http', url: `${origin}/mcp`, headers: { Authorization: 'Bearer ${HEDDLE_KEY}' } };
  return JSON.stringify({ mcpServers: { heddle } }, null, 2);
}

/** The workflow as a chat model, if the chat completions channel supports it. The message is the value of its input. */
function openAiSnippets(
  parts: CallParts,
  inputs: readonly PortDescription[],
  outputs: readonly PortDescription[],
): readonly Snippet[] {
  const byName = (ports: readonly PortDescription[]): Record<string, PortDescription> =>
    Object.fromEntries(ports.map((port) => [port.name, port]));
  const chat = chatInterfaceOf({ inputs: byName(inputs), outputs: byName(outputs) });
  const port = inputs.find(({ name }) => name === chat?.input.name);
  if (chat === undefined || port === undefined) return [];
  const value = parts.example[port.name] ?? exampleOf(port);
  const messages = chat.input.kind === 'messages' ? value : [{ role: 'user', content: value }];
  const code = openAiSnippet(parts, messages);
  return [{ id: 'openai', title: 'OpenAI client', help: 'The model is the slug of the workflow.', code }];
}
