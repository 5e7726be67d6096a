/** Texts of a model or document that try to become script or markup, or to cause a request to another server. */
export const hostileTexts: readonly string[] = [
  '<script>window.hit=1</script>',
  '<img src=x onerror="window.hit=1">',
  '<svg/onload=window.hit=1>',
  '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '[a](javascript:window.hit=1)',
  '[b](data:text/html,<script>window.hit=1</script>)',
  '[c](JaVaScRiPt&#58;window.hit=1)',
  '[d](vbscript:x "t")',
  '![p](https://127.0.0.1:1/pixel.png)',
  '![q](javascript:window.hit=1)',
  '<a href="javascript:window.hit=1">e</a>',
  '"><script>window.hit=1</script>',
  '</title><script>window.hit=1</script>',
  "'-window.hit=1-'",
  '{{constructor.constructor("window.hit=1")()}}',
  '<style>*{background:url(https://127.0.0.1:1/s)}</style>',
  '<base href="https://127.0.0.1:1/">',
  '<meta http-equiv="refresh" content="0;url=https://127.0.0.1:1/">',
  '<form action="https://127.0.0.1:1/"><button>x</button></form>',
  'a\u202Eb\u0000c',
];
export const hostileAnswer = `${hostileTexts.join('\n\n')}\n\n\`\`\`html\n${hostileTexts.join('\n')}\n\`\`\`\n\n[1]`;

const passage = {
  id: 'p1',
  document: 'handbook.md',
  title: 'Handbook',
  text: 'Before that, nothing is due. Salaries are paid on the 27th of each month. Questions go to the office.',
};
const quote = 'Salaries are paid on the 27th of each month.';
const source = (title: string, more: object = {}) => ({
  number: 1,
  passage: passage.id,
  document: passage.document,
  title,
  quote,
  quoteStart: passage.text.indexOf(quote),
  quoteEnd: passage.text.indexOf(quote) + quote.length,
  ...more,
});

/** A chat that uses a model of a connection, with a source, a passage and an attachment. */
export const talk = (title = 'Handbook', more: object = {}) => ({
  heddle: 2,
  name: 'Ask the handbook',
  nodes: {
    asked: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'messages', type: 'Messages' },
          { name: 'papers', type: 'File[]', required: false, default: [] },
        ],
      },
    },
    chat: { type: 'generate', version: 1, config: { model: 'office/small' } },
    cites: { type: 'set', version: 1, config: { value: [source(title, more)], type: 'Json' } },
    found: { type: 'set', version: 1, config: { value: [passage], type: 'Passages' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'answer', type: 'Text' },
          { name: 'citations', type: 'Json' },
          { name: 'passages', type: 'Passages' },
          { name: 'papers', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.messages', to: 'chat.messages' },
    { from: 'chat.text', to: 'reply.answer' },
    { from: 'cites.value', to: 'reply.citations' },
    { from: 'found.value', to: 'reply.passages' },
    { from: 'asked.papers', to: 'reply.papers' },
  ],
});

/** A chat that answers at once with a source, or waits for a person if the text is `Ask me`. */
export const desk = {
  heddle: 2,
  name: 'Desk',
  nodes: {
    asked: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: 'You said {{ question }} [1]' } },
    cites: { type: 'set', version: 1, config: { value: [source('Handbook')], type: 'Json' } },
    which: { type: 'switch', version: 1, config: { cases: [{ name: 'ask', when: "value == 'Ask me'" }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May it go out?' } },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'answer', type: 'Text' },
          { name: 'citations', type: 'Json' },
          { name: 'approved', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'asked.question', to: 'say.question' },
    { from: 'asked.question', to: 'which.value' },
    { from: 'which.ask', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.approved' },
    { from: 'say.text', to: 'reply.answer' },
    { from: 'cites.value', to: 'reply.citations' },
  ],
};

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more });

/** A form with every kind of field and of output; it waits for a person if `check` is ticked. */
export const report = {
  heddle: 2,
  name: 'Weekly report',
  nodes: {
    given: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          field('topic', 'Text', { title: 'Topic', help: 'What the report is about.' }),
          field('tone', 'Text', { title: 'Tone', options: ['plain', 'warm'], required: false }),
          field('pages', 'Number', { title: 'Pages', default: 2 }),
          field('names', 'Text[]', { title: 'Names', required: false }),
          field('check', 'Boolean', { title: 'Ask a person first', default: false }),
          field('extra', 'Json', { title: 'More', required: false, default: { unit: 'kg' } }),
          field('paper', 'File', { title: 'Paper', required: false }),
        ],
      },
    },
    text: { type: 'prompt', version: 1, config: { template: '# {{ topic }}\n\nOver **{{ pages }}** pages.' } },
    rows: {
      type: 'set',
      version: 1,
      config: {
        value: [
          { name: 'pages', value: '{{ pages }}' },
          { name: 'more', value: '{{ extra }}' },
        ],
        type: 'Json',
      },
    },
    which: { type: 'switch', version: 1, config: { cases: [{ name: 'ask', when: 'value == true' }] } },
    ask: { type: 'human-input', version: 1, config: { title: 'May it go out?' } },
    reply: {
      type: 'output',
      version: 1,
      config: { fields: ['report', 'table', 'file', 'approved'].map((name) => field(name, 'Json')) },
    },
  },
  edges: [
    { from: 'given.topic', to: 'text.topic' },
    { from: 'given.pages', to: 'text.pages' },
    { from: 'given.pages', to: 'rows.pages' },
    { from: 'given.extra', to: 'rows.extra' },
    { from: 'given.check', to: 'which.value' },
    { from: 'which.ask', to: 'ask.value' },
    { from: 'ask.approve', to: 'reply.approved' },
    { from: 'text.text', to: 'reply.report' },
    { from: 'rows.value', to: 'reply.table' },
    { from: 'given.paper', to: 'reply.file' },
  ],
};
