import type { DraftChange } from '@heddle/core';

/** What a person asks for, and the changes that a program makes for it: first the draft, then further lists of changes. */
export interface Brief {
  readonly name: string;
  readonly wants: string;
  readonly first: readonly DraftChange[];
  readonly then?: readonly (readonly DraftChange[])[];
  /** Inputs of the run; missing ones get samples. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** The outputs that the run must have. */
  readonly gives: readonly string[];
}

const inputs = (...names: readonly string[]): DraftChange => ({
  change: 'set_inputs',
  fields: names.map((name) => ({ name, type: 'Text' })),
});
const outputs = (fields: Readonly<Record<string, string>>): DraftChange => ({
  change: 'set_outputs',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});
const add = (id: string, type: string, config: Record<string, unknown> = {}): DraftChange => ({
  change: 'add_node',
  id,
  type,
  config,
});
const edge = (from: string, to: string): DraftChange => ({ change: 'connect', from, to });
const edges = (...pairs: readonly (readonly [string, string])[]): DraftChange[] =>
  pairs.map(([from, to]) => edge(from, to));
const asking = (template: string): Record<string, unknown> => ({ template });

/** Twenty briefs that use the given model and collection. */
export const briefsFor = (model: string, collection: string): readonly Brief[] => [
  {
    name: 'Greeting',
    wants: 'Greet a person by name.',
    first: [
      inputs('name'),
      add('say', 'prompt', asking('Hello {{ name }}!')),
      outputs({ greeting: 'Text' }),
      ...edges(['input.name', 'say.name'], ['say.text', 'output.greeting']),
    ],
    inputs: { name: 'Ada' },
    gives: ['greeting'],
  },
  {
    name: 'Summary',
    wants: 'Summarise a text with a model.',
    first: [
      ...[
        inputs('text'),
        add('ask', 'prompt', asking('Summarise in one sentence: {{ text }}')),
        add('write', 'generate', { model }),
        outputs({ summary: 'Text' }),
      ],
      ...edges(['input.text', 'ask.text'], ['ask.text', 'write.prompt'], ['write.text', 'output.summary']),
    ],
    gives: ['summary'],
  },
  {
    name: 'Handbook answer',
    wants: 'Answer a question from the handbook, with citations.',
    first: [
      ...[inputs('question'), add('search', 'retrieve', { collection }), add('answer', 'generate', { model })],
      ...[outputs({ answer: 'Text', citations: 'Json' })],
      ...edges(
        ['input.question', 'search.query'],
        ['input.question', 'answer.prompt'],
        ['search.passages', 'answer.passages'],
      ),
      ...edges(['answer.text', 'output.answer'], ['answer.citations', 'output.citations']),
    ],
    inputs: { question: 'leave' },
    gives: ['answer'],
  },
  {
    name: 'Triage',
    wants: 'Sort a message: urgent ones go another way.',
    first: [
      ...[inputs('message'), add('sort', 'switch', { cases: [{ name: 'urgent', when: "contains(value, 'now')" }] })],
      ...[
        add('fast', 'prompt', asking('Now: {{ message }}')),
        add('slow', 'prompt', asking('Later: {{ message }}')),
        outputs({ fast: 'Text', slow: 'Text' }),
      ],
      ...edges(['input.message', 'sort.value'], ['sort.urgent', 'fast.message'], ['sort.otherwise', 'slow.message']),
      ...edges(['fast.text', 'output.fast'], ['slow.text', 'output.slow']),
    ],
    inputs: { message: 'Come now' },
    gives: ['fast'],
  },
  {
    name: 'Two views',
    wants: 'Ask a model for both sides, and join them.',
    first: [
      ...[
        inputs('topic'),
        add('for', 'prompt', asking('Argue for {{ topic }}')),
        add('against', 'prompt', asking('Argue against {{ topic }}')),
      ],
      ...[
        add('write-for', 'generate', { model }),
        add('write-against', 'generate', { model }),
        add('both', 'merge', { mode: 'text' }),
        outputs({ views: 'Text' }),
      ],
      ...edges(
        ['input.topic', 'for.topic'],
        ['input.topic', 'against.topic'],
        ['for.text', 'write-for.prompt'],
        ['against.text', 'write-against.prompt'],
      ),
      ...edges(['write-for.text', 'both.values'], ['write-against.text', 'both.values'], ['both.text', 'output.views']),
    ],
    gives: ['views'],
  },
  {
    name: 'Private letter',
    wants: 'Remove personal data before a model reads a letter.',
    first: [
      ...[
        inputs('letter'),
        add('ask', 'prompt', asking('Answer this letter: {{ letter }}')),
        add('write', 'generate', { model }),
        outputs({ reply: 'Text' }),
      ],
      ...edges(['input.letter', 'ask.letter'], ['ask.text', 'write.prompt'], ['write.text', 'output.reply']),
    ],
    then: [
      [
        {
          change: 'insert_between',
          from: 'ask.text',
          to: 'write.prompt',
          id: 'clean',
          type: 'redact',
          input: 'text',
          output: 'text',
        },
      ],
    ],
    gives: ['reply'],
  },
  {
    name: 'Approved letter',
    wants: 'A person approves a letter before it is sent.',
    first: [
      ...[
        inputs('letter'),
        add('approve', 'human-input', { title: 'May it be sent?' }),
        outputs({ sent: 'Json', by: 'Text' }),
      ],
      ...edges(['input.letter', 'approve.value'], ['approve.approve', 'output.sent'], ['approve.by', 'output.by']),
    ],
    gives: ['sent', 'by'],
  },
  {
    name: 'Ticket',
    wants: 'Send a ticket to the help desk.',
    first: [
      ...[
        inputs('title'),
        add('post', 'http', {
          method: 'POST',
          url: 'https://desk.example/tickets',
          body: { kind: 'json', json: { title: '{{ title }}' } },
        }),
      ],
      ...[
        outputs({ status: 'Number', ticket: 'Json' }),
        ...edges(['input.title', 'post.title'], ['post.status', 'output.status'], ['post.json', 'output.ticket']),
      ],
    ],
    gives: ['status', 'ticket'],
  },
  {
    name: 'Word count',
    wants: 'Count the words of a text with code.',
    first: [
      ...[
        inputs('text'),
        add('count', 'code', {
          code: 'return input.text.split(/\\s+/).length;',
          inputs: [{ name: 'text', type: 'Text', required: true }],
        }),
      ],
      ...[outputs({ words: 'Json' }), ...edges(['input.text', 'count.text'], ['count.result', 'output.words'])],
    ],
    inputs: { text: 'one two three' },
    gives: ['words'],
  },
  {
    name: 'Profile',
    wants: 'Make a JSON object of three fields.',
    first: [
      ...[
        inputs('name', 'city', 'note'),
        add('make', 'set', { value: { name: '{{ name }}', city: '{{ city }}', note: '{{ note }}' } }),
        outputs({ profile: 'Json' }),
      ],
      ...edges(
        ['input.name', 'make.name'],
        ['input.city', 'make.city'],
        ['input.note', 'make.note'],
        ['make.value', 'output.profile'],
      ),
    ],
    gives: ['profile'],
  },
  {
    name: 'Checked answer',
    wants: 'Check an answer against the passages that it comes from.',
    first: [
      ...[
        inputs('question'),
        add('search', 'retrieve', { collection }),
        add('answer', 'generate', { model }),
        add('check', 'ground'),
      ],
      ...[
        outputs({ answer: 'Text', score: 'Number' }),
        ...edges(
          ['input.question', 'search.query'],
          ['input.question', 'answer.prompt'],
          ['search.passages', 'answer.passages'],
        ),
      ],
      ...edges(
        ['answer.text', 'check.text'],
        ['search.passages', 'check.passages'],
        ['check.score', 'output.score'],
        ['answer.text', 'output.answer'],
      ),
    ],
    inputs: { question: 'leave' },
    gives: ['answer'],
  },
  {
    name: 'Safe passages',
    wants: 'Leave out passages that give instructions.',
    first: [
      ...[inputs('question'), add('search', 'retrieve', { collection }), outputs({ passages: 'Passages' })],
      ...edges(['input.question', 'search.query'], ['search.passages', 'output.passages']),
    ],
    then: [
      [
        {
          change: 'insert_between',
          from: 'search.passages',
          to: 'output.passages',
          id: 'guard',
          type: 'guard',
          input: 'passages',
          output: 'passages',
        },
      ],
    ],
    inputs: { question: 'leave' },
    gives: ['passages'],
  },
  {
    name: 'Second model',
    wants: 'Try another model when the first one fails.',
    first: [
      ...[inputs('prompt'), add('write', 'fallback', { models: [model, model] }), outputs({ text: 'Text' })],
      ...edges(['input.prompt', 'write.prompt'], ['write.text', 'output.text']),
    ],
    gives: ['text'],
  },
  {
    name: 'Vote',
    wants: 'Let two models vote.',
    first: [
      ...[inputs('prompt'), add('vote', 'vote', { models: [model, model] }), outputs({ text: 'Text', winner: 'Text' })],
      ...edges(['input.prompt', 'vote.prompt'], ['vote.text', 'output.text'], ['vote.winner', 'output.winner']),
    ],
    gives: ['text'],
  },
  {
    name: 'Calculator',
    wants: 'An agent that calculates.',
    first: [
      ...[
        inputs('question'),
        add('agent', 'agent', { model, tools: [{ use: 'calculator' }] }),
        outputs({ answer: 'Text' }),
      ],
      ...edges(['input.question', 'agent.prompt'], ['agent.text', 'output.answer']),
    ],
    gives: ['answer'],
  },
  {
    name: 'Each line',
    wants: 'Work on each line of a list with a workflow of its own.',
    first: [
      { change: 'set_inputs', fields: [{ name: 'lines', type: 'Text[]' }] },
      { change: 'add_inner_workflow', name: 'line', title: 'One line' },
      { change: 'set_inputs', within: 'line', fields: [{ name: 'item', type: 'Text' }] },
      { change: 'add_node', within: 'line', id: 'say', type: 'prompt', config: asking('* {{ item }}') },
      { change: 'set_outputs', within: 'line', fields: [{ name: 'text', type: 'Text' }] },
      { change: 'connect', within: 'line', from: 'input.item', to: 'say.item' },
      { change: 'connect', within: 'line', from: 'say.text', to: 'output.text' },
      ...[add('all', 'each', { workflow: '#line', result: 'text' }), outputs({ list: 'Json' })],
      ...edges(['input.lines', 'all.items'], ['all.items', 'output.list']),
    ],
    inputs: { lines: ['a', 'b'] },
    gives: ['list'],
  },
  {
    name: 'Other words',
    wants: 'Search with a question that a model has written anew.',
    first: [
      ...[inputs('question'), add('ask', 'rewrite', { model }), add('search', 'retrieve', { collection })],
      outputs({ query: 'Text', passages: 'Passages' }),
      ...edges(['input.question', 'ask.question'], ['ask.query', 'search.query'], ['ask.query', 'output.query']),
      edge('search.passages', 'output.passages'),
    ],
    gives: ['query'],
  },
  {
    name: 'Remember',
    wants: 'A chat that remembers what was said.',
    first: [
      { change: 'set_inputs', fields: [{ name: 'message', type: 'Text' }] },
      ...[
        add('history', 'memory', { mode: 'read', model }),
        add('answer', 'generate', { model }),
        outputs({ reply: 'Text' }),
      ],
      ...edges(
        ['input.message', 'answer.prompt'],
        ['history.messages', 'answer.messages'],
        ['answer.text', 'output.reply'],
      ),
    ],
    gives: ['reply'],
  },
  {
    name: 'Renamed steps',
    wants: 'Correct names and settings of a draft.',
    first: [
      ...[inputs('text'), add('a', 'prompt', asking('{{ text }}')), add('unused', 'prompt'), outputs({ text: 'Text' })],
      ...edges(['input.text', 'a.text'], ['a.text', 'output.text'], ['input.text', 'unused.text']),
    ],
    then: [
      [
        { change: 'remove_node', id: 'unused' },
        { change: 'rename_node', id: 'a', to: 'shout' },
        { change: 'set_title', id: 'shout', title: 'Shout' },
        { change: 'set_config', id: 'shout', config: { template: '{{ text }}!' } },
        { change: 'set_run', id: 'shout', run: { wallMs: 10_000 } },
        { change: 'set_workflow', description: 'Adds an exclamation mark.' },
      ],
      [
        { change: 'disconnect', from: 'shout.text', to: 'output.text' },
        outputs({ loud: 'Text' }),
        edge('shout.text', 'output.loud'),
      ],
    ],
    inputs: { text: 'Hi' },
    gives: ['loud'],
  },
  {
    name: 'Moderated',
    wants: 'Stop texts with words from a list.',
    first: [
      ...[
        inputs('text'),
        add('check', 'moderate', { words: [{ list: ['casino'], category: 'spam', action: 'block' }] }),
        outputs({ text: 'Text', verdict: 'Json' }),
      ],
      ...edges(['input.text', 'check.text'], ['check.text', 'output.text'], ['check.verdict', 'output.verdict']),
    ],
    gives: ['text'],
  },
];
