/** What the checks of a client are about. The name of each check begins with one of these. */
export const capabilities = ['chat', 'stream', 'tools', 'structured output', 'embeddings', 'errors', 'threads'];

const none =
  (...names) =>
  (reason) =>
    Object.fromEntries(names.map((name) => [name, reason]));
const all = {};

/** Packages that several clients share, so that they use the same version of OpenAI's client. */
const shared = [
  ...['langchain-openai==1.7.4', 'llama-index-llms-openai-like==0.8.1'],
  ...['llama-index-embeddings-openai-like==0.4.0', 'haystack-ai==3.4.1'],
];
const python = (environment, packages, script, more = []) => ({
  language: 'python',
  ...{ environment, packages, script, more },
});
const node = (environment, packages, script = environment) => ({
  ...{ language: 'node', environment, packages, script },
});

/** Clients of other projects, by the name of their case. `lacks` says why a client has no check of a capability. */
export const clients = {
  'openai-python': {
    ...{ title: "OpenAI's client, Python", version: 'openai 3.57.0', lacks: all },
    ...python('openai-python', ['openai==3.57.0'], 'with_openai_python.py'),
  },
  'openai-node': {
    ...{ title: "OpenAI's client, Node", version: 'openai 7.59.0', lacks: all },
    ...node('openai-node', ['openai@7.59.0']),
  },
  'openai-agents': {
    ...{ title: "OpenAI's Agents SDK", version: 'openai-agents 0.24.0' },
    lacks: none('embeddings')('it has none'),
    ...python('openai-agents', ['openai-agents==0.24.0'], 'with_openai_agents.py'),
  },
  langchain: {
    ...{ title: 'LangChain', version: 'langchain-openai 1.7.4', lacks: all },
    ...python('clients', shared, 'with_langchain.py'),
  },
  'llama-index': {
    ...{ title: 'LlamaIndex', version: 'llama-index-llms-openai-like 0.8.1', lacks: all },
    ...python('clients', shared, 'with_llama_index.py'),
  },
  haystack: {
    ...{ title: 'Haystack', version: 'haystack-ai 3.4.1', lacks: all },
    ...python('clients', shared, 'with_haystack.py'),
  },
  'ai-sdk': {
    ...{ title: 'AI SDK', version: 'ai 6.0.326', lacks: all },
    ...node('ai-sdk', [...['ai@6.0.326', '@ai-sdk/openai-compatible@2.0.92', '@ai-sdk/openai@3.0.139', 'zod@4.6.7']]),
  },
  llm: {
    ...{ title: 'llm', version: 'llm 0.36' },
    lacks: none('embeddings')('its file of further models has none for embeddings'),
    ...python('llm', ['llm==0.36'], 'with_llm.py'),
  },
  litellm: {
    ...{ title: 'LiteLLM', version: 'litellm 1.110.2', lacks: all },
    ...python('litellm', ['litellm==1.110.2'], 'with_litellm.py'),
  },
  aider: {
    ...{ title: 'aider', version: 'aider-chat 0.86.2' },
    lacks: none('tools', 'structured output', 'embeddings')('it asks for edits as text'),
    ...python('aider', ['aider-chat==0.86.2'], 'with_aider.py'),
  },
  'lm-eval': {
    ...{ title: 'lm-eval', version: 'lm-eval 0.4.13' },
    lacks: none('stream', 'tools', 'structured output', 'embeddings')('it scores whole texts'),
    ...python('lm-eval', ['lm-eval[api]==0.4.13'], 'with_lm_eval.py'),
  },
  promptfoo: {
    ...{ title: 'promptfoo', version: 'promptfoo 0.119.0' },
    lacks: none('stream')('it reads whole replies'),
    // promptfoo imports axios without declaring it.
    ...node('promptfoo', ['promptfoo@0.119.0', 'axios']),
  },
  'open-webui': {
    ...{ title: 'Open WebUI', version: 'open-webui 0.12.4', lacks: all },
    ...python('open-webui', ['open-webui==0.12.4'], 'with_open_webui.py'),
    // Its declared requirements, except for local models, whose libraries need gigabytes.
    requirements: 'open-webui-requirements.txt',
  },
  'ag-ui': {
    ...{ title: 'AG-UI', version: '@ag-ui/client 1.0.0' },
    lacks: { tools: 'the nodes of a workflow decide', embeddings: 'the protocol has none' },
    ...node('ag-ui', ['@ag-ui/client@1.0.0']),
  },
  a2a: {
    ...{ title: 'A2A', version: '@a2a-js/sdk 1.3.0' },
    lacks: {
      ...none('tools')('the nodes of a workflow decide'),
      ...{ 'structured output': 'an output is a part of its own', embeddings: 'the protocol has none' },
    },
    ...node('a2a', ['@a2a-js/sdk@1.3.0']),
  },
  'mcp-python': {
    ...{ title: 'MCP, Python', version: 'mcp 2.3.0' },
    lacks: { chat: 'a workflow is a tool', embeddings: 'the protocol has none' },
    ...python('mcp-clients', ['mcp==2.3.0', 'fastmcp==4.2.3'], 'with_mcp.py', ['mcp']),
  },
  'fastmcp-python': {
    ...{ title: 'FastMCP', version: 'fastmcp 4.2.3' },
    lacks: { chat: 'a workflow is a tool', embeddings: 'the protocol has none' },
    ...python('mcp-clients', ['mcp==2.3.0', 'fastmcp==4.2.3'], 'with_mcp.py', ['fastmcp']),
  },
  'mcp-inspector': {
    ...{ title: 'MCP inspector', version: '@modelcontextprotocol/inspector 2.12.0' },
    lacks: {
      ...{ chat: 'a workflow is a tool', embeddings: 'the protocol has none' },
      stream: 'its command line prints the result only',
    },
    ...node('mcp-inspector', ['@modelcontextprotocol/inspector@2.12.0']),
  },
  'python-socketio': {
    ...{ title: 'python-socketio', version: 'python-socketio 5.18.1' },
    lacks: none('chat', 'tools', 'structured output', 'embeddings', 'threads')('the socket shows runs'),
    ...python('socketio', ['python-socketio[client]==5.18.1'], 'with_socketio.py'),
  },
  'standardwebhooks-python': {
    ...{ title: 'standardwebhooks, Python', version: 'standardwebhooks 1.1.0' },
    lacks: none(...capabilities)('it signs and verifies messages'),
    ...python('standardwebhooks', ['standardwebhooks==1.1.0'], 'with_standardwebhooks.py'),
  },
  'standardwebhooks-node': {
    ...{ title: 'standardwebhooks, Node', version: 'standardwebhooks 1.1.1' },
    lacks: none(...capabilities)('it signs and verifies messages'),
    ...node('standardwebhooks-node', ['standardwebhooks@1.1.1']),
  },
};

/** The capabilities for which a client must have a check. */
export const coveredBy = ({ lacks }) => capabilities.filter((name) => lacks[name] === undefined);
