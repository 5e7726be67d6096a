import { exampleOf, type PublishedEvent, type PublishedReply } from '@heddle/core';
import { eventText } from '../runs/event-text.js';
import type { DocsFacts } from './docs-facts.js';
import { html, type Html } from './html.js';

/** Renders the events of a stream, each with an example for this workflow. The code that writes real streams also writes the examples. */
export function streamSection(facts: DocsFacts): Html {
  return html`<section id="stream" aria-labelledby="stream-title">
    <h2 id="stream-title">Stream</h2>
    <p>
      With <code>Accept: text/event-stream</code> the reply comes as server-sent events: what nodes do, text while it is
      written, and at the end one <code>result</code> or <code>error</code>. Text stands at its <code>offset</code> and
      replaces the text there: a node that is tried again writes anew. Only text that flows into an output leaves the
      run.
    </p>
    ${examplesOf(facts).map(
      ([about, event]) =>
        html`<h3><code>${event.type}</code></h3>
          <p>${about}</p>
          <pre tabindex="0" aria-label="Example of ${event.type}">${eventText(event).trimEnd()}</pre>`,
    )}
  </section>`;
}

const runId = 'mwvk2tskc81b31984dc28d03';

type Example = readonly [about: string, event: PublishedEvent];

function examplesOf({ workflow, outputs, plan }: DocsFacts): readonly Example[] {
  const output = outputs.find(({ type }) => type === 'Text')?.name ?? outputs[0]?.name ?? 'answer';
  const node = plan.nodes.find(({ definition }) => definition.role === 'step')?.id ?? plan.nodes[0]?.id ?? 'node';
  const reply: PublishedReply = {
    runId,
    workflow: workflow.slug,
    version: workflow.version,
    status: 'done',
    outputs: Object.fromEntries(outputs.map((port) => [port.name, exampleOf(port)])),
    usage: { inputTokens: 0, outputTokens: 0, cost: 0 },
  };
  return [
    [
      'A node begins, ends, is skipped, tried again or fails; its id is the node with its iteration.',
      { type: 'node', seq: 2, node, status: 'running' },
    ],
    ['A piece of text of an output, while it is written.', { type: 'delta', output, offset: 0, text: 'On the ' }],
    [
      'A source of an output, before the result.',
      {
        type: 'citation',
        output,
        citation: {
          number: 1,
          passage: 'handbook.md#3',
          document: 'handbook.md',
          quote: 'Salaries are paid on the 25th.',
          quoteStart: 0,
          quoteEnd: 30,
        },
      },
    ],
    ['The whole reply, as without a stream.', { type: 'result', reply }],
    [
      'The error that ended the run instead of a result.',
      { type: 'error', code: 'node_failed', message: 'What happened, and what to do.', runId: runId },
    ],
  ];
}
