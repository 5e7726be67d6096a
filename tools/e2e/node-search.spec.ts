import { describeNode } from '@heddle/core';
import { standardNodes } from '@heddle/nodes';
import { describe, expect, it } from '@jest/globals';
import { rankNodes } from '../../editor/src/features/palette/rank-nodes.js';
import { triggerNode } from '../../editor/src/features/palette/trigger-node.js';

const searched = [...standardNodes.map(describeNode), triggerNode];
const find = (query: string) => rankNodes(searched, query);

/** What people type, and the node types that may come first. */
const terms: Readonly<Record<string, string>> = {
  // Models
  ...{ llm: 'generate reason', gpt: 'generate reason', openai: 'generate reason', claude: 'reason generate' },
  ...{
    anthropic: 'reason generate',
    chatgpt: 'generate',
    ollama: 'generate',
    gemini: 'generate reason',
    ai: 'generate',
  },
  ...{ 'language model': 'generate', 'chat model': 'generate', completion: 'generate', llama: 'generate' },
  ...{ translate: 'generate', translation: 'generate', summarise: 'generate', summarize: 'generate' },
  ...{ summary: 'generate', summarization: 'generate', extract: 'generate', 'structured output': 'generate' },
  ...{ deepseek: 'reason', thinking: 'reason', 'chain of thought': 'reason', reasoning: 'reason', frontier: 'reason' },
  ...{ chat: 'generate memory agent', chatbot: 'agent', vision: 'generate', bedrock: 'reason', openrouter: 'reason' },
  ...{ template: 'prompt', instruction: 'prompt', 'system prompt': 'prompt', jinja: 'prompt', instructions: 'prompt' },
  // Agents and tools
  ...{ agent: 'agent', agents: 'agent', tool: 'agent', tools: 'agent', 'agent tool': 'agent', mcp: 'agent' },
  ...{ 'mcp server': 'agent', 'function calling': 'agent', assistant: 'agent', google: 'agent', 'web search': 'agent' },
  ...{ 'search the web': 'agent', 'search the internet': 'agent', browser: 'agent', wikipedia: 'agent', bot: 'agent' },
  // Retrieval and documents
  ...{
    rag: 'retrieve',
    vector: 'retrieve embed',
    'vector store': 'retrieve store',
    'vector database': 'retrieve store',
  },
  ...{ 'knowledge base': 'retrieve store', search: 'retrieve', 'semantic search': 'retrieve', bm25: 'retrieve' },
  ...{ pinecone: 'retrieve store', qdrant: 'retrieve store', retriever: 'retrieve', faq: 'retrieve', docs: 'retrieve' },
  ...{ embedding: 'embed', embeddings: 'embed', vectors: 'embed', vectorize: 'embed', pdf: 'load', pdfs: 'load' },
  ...{ word: 'load', docx: 'load', csv: 'load', excel: 'load', file: 'load', files: 'load', upload: 'load input' },
  ...{ 'read a file': 'load', ocr: 'load', website: 'load', scrape: 'load', scraping: 'load', crawler: 'load' },
  ...{ document: 'load', documents: 'load retrieve', chunk: 'split', chunks: 'split', chunking: 'split' },
  ...{
    'text splitter': 'split',
    index: 'store',
    ingest: 'store',
    upsert: 'store',
    reranker: 'rerank',
    hyde: 'rewrite',
  },
  ...{ 'cross encoder': 'rerank', 'query expansion': 'rewrite', 'multi query': 'rewrite', ranking: 'rerank' },
  // Logic
  ...{ loop: 'each', loops: 'each', foreach: 'each', 'for each': 'each', 'for loop': 'each', iterate: 'each' },
  ...{ iterator: 'each', iteration: 'each', while: 'each', list: 'each', array: 'each', repeat: 'each', map: 'each' },
  ...{ if: 'switch', else: 'switch', 'if else': 'switch', 'if/else': 'switch', switch: 'switch', condition: 'switch' },
  ...{ conditional: 'switch', conditions: 'switch', branch: 'switch', branches: 'switch', case: 'switch' },
  ...{ filter: 'switch', router: 'route switch', 'model router': 'route', 'load balancer': 'route', cheapest: 'route' },
  ...{ classify: 'classify', classifier: 'classify', classification: 'classify', intent: 'classify' },
  ...{
    sentiment: 'classify',
    triage: 'classify',
    categorise: 'classify',
    categorize: 'classify',
    category: 'classify',
  },
  ...{ merge: 'merge', join: 'merge', combine: 'merge', concat: 'merge', aggregate: 'merge', parallel: 'merge each' },
  ...{ cache: 'cache', caching: 'cache', subworkflow: 'workflow', 'sub workflow': 'workflow', subflow: 'workflow' },
  ...{ 'call workflow': 'workflow', nested: 'workflow', delay: 'wait', sleep: 'wait', pause: 'wait', timeout: 'wait' },
  ...{
    retry: 'fallback',
    failover: 'fallback',
    backup: 'fallback',
    'try catch': 'fallback',
    'error handling': 'fallback',
  },
  ...{ ensemble: 'vote', consensus: 'vote', judge: 'vote', majority: 'vote', 'best of n': 'vote' },
  // Start, end, data, people
  ...{ start: 'input #trigger', begin: 'input', end: 'output', result: 'output', return: 'output', response: 'output' },
  ...{ answer: 'output generate', form: 'input human-input', variable: 'set input', json: 'set', convert: 'set' },
  ...{ 'set variable': 'set', 'edit fields': 'set', transform: 'set', mapping: 'set', cast: 'set', memory: 'memory' },
  ...{ history: 'memory', conversation: 'memory', 'chat history': 'memory', session: 'memory', remember: 'memory' },
  ...{ human: 'human-input', humans: 'human-input', approval: 'human-input', approvals: 'human-input' },
  ...{ approve: 'human-input', review: 'human-input', hitl: 'human-input', 'human in the loop': 'human-input' },
  ...{ confirm: 'human-input', escalate: 'human-input', manual: 'human-input', 'ask a person': 'human-input' },
  // Safety
  ...{ pii: 'redact', anonymise: 'redact', anonymize: 'redact', gdpr: 'redact', mask: 'redact', privacy: 'redact' },
  ...{
    'personal data': 'redact',
    deanonymise: 'restore',
    unmask: 'restore',
    moderation: 'moderate',
    toxic: 'moderate',
  },
  ...{ profanity: 'moderate', 'content filter': 'moderate', guardrail: 'moderate guard', guardrails: 'guard moderate' },
  ...{ 'prompt injection': 'guard', jailbreak: 'guard', security: 'guard', hallucination: 'ground' },
  ...{
    hallucinations: 'ground',
    'fact check': 'ground',
    verify: 'ground',
    reflection: 'critique',
    evaluator: 'critique',
  },
  // Code, services, triggers
  ...{
    javascript: 'code',
    js: 'code',
    typescript: 'code',
    script: 'code',
    function: 'code',
    python: 'code',
    math: 'code',
  },
  ...{
    regex: 'code',
    regexp: 'code',
    calculator: 'agent code',
    calculate: 'code',
    date: 'code',
    api: 'http',
    'rest api': 'http',
  },
  ...{
    request: 'http input',
    curl: 'http',
    fetch: 'http',
    graphql: 'http',
    url: 'http load',
    post: 'http',
    slack: 'http',
  },
  ...{
    email: 'http',
    emails: 'http',
    gmail: 'http',
    'send an email': 'http',
    sms: 'http',
    telegram: 'http',
    teams: 'http',
  },
  ...{ discord: 'http', sql: 'http agent', postgres: 'http agent', mysql: 'http agent', database: 'http agent' },
  ...{ 'google sheets': 'http', notion: 'http agent', jira: 'http agent', github: 'http agent', salesforce: 'http' },
  ...{ webhook: '#trigger', webhooks: '#trigger', cron: '#trigger', schedule: '#trigger', trigger: '#trigger' },
  ...{ scheduler: '#trigger', timer: 'wait #trigger', event: '#trigger', daily: '#trigger', nightly: '#trigger' },
  // Slips of the keyboard
  ...{ approvel: 'human-input', retreival: 'retrieve', javscript: 'code', embeding: 'embed', webook: '#trigger' },
  ...{
    anonimize: 'redact',
    sumarize: 'generate',
    clasify: 'classify',
    moderatoin: 'moderate',
    opneai: 'generate reason',
  },
  ...{
    gtp: 'generate reason',
    lopp: 'each',
    condtion: 'switch',
    shedule: '#trigger',
    pyhton: 'code',
    datbase: 'http agent',
  },
};

describe('the search of nodes', () => {
  it('knows at least 150 terms', () => {
    expect(Object.keys(terms).length).toBeGreaterThan(150);
  });

  it.each(Object.entries(terms))('%s leads to %s', (term, first) => {
    expect(first.split(' ')).toContain(find(term)[0]?.node.type);
  });

  it.each(['python', 'slack', 'sql', 'email', 'gmail', 'regex', 'postgres', 'google', 'search the web', 'while'])(
    '%s has no node of its own, and the first entry says what does it',
    (term) => {
      expect(find(term)[0]?.note?.length).toBeGreaterThan(20);
    },
  );

  it.each(standardNodes.map(({ title, type }) => [title, type] as const))(
    '%s comes first for its title',
    (title, type) => {
      expect(find(title)[0]?.node.type).toBe(type);
      expect(find(title)[0]?.note).toBeUndefined();
    },
  );

  it.each(standardNodes.map((node) => [node.type, node] as const))(
    '%s has keywords, each once',
    (_type, { keywords }) => {
      expect(keywords?.length).toBeGreaterThan(3);
      expect(new Set(keywords).size).toBe(keywords?.length);
    },
  );
});
