import { errorCodes, shareOf, type ErrorCode } from '@heddle/core';
import type { DocsFacts, DocsLimits } from './docs-facts.js';
import { html, type Html } from './html.js';
import { errorsOfPlan, errorsOfTheChannel } from './possible-errors.js';
import { schemaTable, shapesOf, shapeTable } from './schema-table.js';

type Pairs = readonly (readonly [name: string, about: Html | string])[];

const definitions = (pairs: Pairs): Html =>
  html`<dl class="pairs">
    ${pairs.map(
      ([name, about]) =>
        html`<div>
          <dt><code>${name}</code></dt>
          <dd>${about}</dd>
        </div>`,
    )}
  </dl>`;

export function inputsSection({ inputs, outputs }: DocsFacts): Html {
  return html`<section id="inputs" aria-labelledby="inputs-title">
    <h2 id="inputs-title">Inputs</h2>
    <p>
      A JSON object with a member for each input, or a multipart body with a part for each. Any other member is refused
      with
      <code>input_unknown</code>.
    </p>
    ${schemaTable(inputs, 'inputs', shapesOf([...inputs, ...outputs]))}
  </section>`;
}

export function outputsSection({ inputs, outputs }: DocsFacts): Html {
  return html`<section id="outputs" aria-labelledby="outputs-title">
    <h2 id="outputs-title">Outputs</h2>
    <p>
      The reply is <code>{ runId, workflow, version, status, outputs, citations?, usage }</code>;
      <code>outputs</code> has these members. An output that the run did not reach is left out.
    </p>
    ${schemaTable(outputs, 'outputs', shapesOf([...inputs, ...outputs]))}
  </section>`;
}

/** Renders the named shapes, each once; undefined if there are none. */
export function shapesSection({ inputs, outputs }: DocsFacts): Html | undefined {
  const shapes = shapesOf([...inputs, ...outputs]);
  if (shapes.size === 0) return undefined;
  return html`<section id="shapes" aria-labelledby="shapes-title">
    <h2 id="shapes-title">Shapes</h2>
    ${[...shapes].map(
      ([name, shape]) =>
        html`<h3 id="shape-${name}"><code>${name}</code></h3>
          ${shapeTable(name, shape, shapes)}`,
    )}
  </section>`;
}

export function headersSection({ limits, live, workflow }: DocsFacts): Html {
  return html`<section id="headers" aria-labelledby="headers-title">
    <h2 id="headers-title">Headers</h2>
    ${definitions([
      ['Authorization', html`<code>Bearer</code> and an API key. A browser that is signed in needs none.`],
      ['Accept: text/event-stream', 'Streams the reply as events instead of waiting for its end.'],
      ['Prefer: respond-async', html`Answers 202 at once; <code>Location</code> names the run to follow.`],
      [
        'Idempotency-Key',
        '1 to 255 visible characters of your own. The same key and request give the same run and reply for 24 hours, also after a crash; another request with it answers 409.',
      ],
      [
        'Heddle-Thread',
        html`The id of the thread that the run continues, or <code>new</code>; <code>/v1/threads</code> lists, reads and
          erases threads.`,
      ],
      [
        'Heddle-End-User',
        'The user of your program for whom the call is made; its thread and run belong to them. The key needs the right to speak for its users.',
      ],
      [
        'Heddle-Version',
        html`Pins a version, such as <code>${live?.version ?? workflow.version}</code>. Without it you get the one that
          is live.`,
      ],
      [
        'Heddle-Timeout',
        html`Milliseconds after which the run is cancelled and answered with 504 <code>run_timeout</code>; at most
          ${limits.publishedTimeoutMs.toLocaleString('en')}, which is also the default.`,
      ],
      [
        'Last-Event-ID',
        html`For <code>GET /v1/runs/{id}/events</code>: the last <code>id</code> that was received; the stream goes on
          after it.`,
      ],
    ])}
    <h3>Of the reply</h3>
    ${definitions([
      ['Heddle-Version', 'The version that ran.'],
      ['Heddle-Thread', 'The thread that the run continued.'],
      [
        'Location',
        html`The address of the run with its reply; its events are at the same address with <code>/events</code>.`,
      ],
      ['Idempotent-Replayed', html`<code>true</code> if the run existed already.`],
      ['Preference-Applied', html`<code>respond-async</code>, if it was requested.`],
      ['Retry-After', 'Seconds to wait, with 429 and 503.'],
    ])}
  </section>`;
}

export function errorsSection({ plan }: DocsFacts): Html {
  return html`<section id="errors" aria-labelledby="errors-title">
    <h2 id="errors-title">Errors</h2>
    <p>
      Every error is a problem (RFC 9457, <code>application/problem+json</code>) with <code>type</code>,
      <code>title</code>, <code>status</code>, <code>detail</code> and a stable <code>code</code>; an error that ended a
      run also has its <code>runId</code>. The table says which requests may be repeated unchanged.
    </p>
    <h3>Errors of this workflow</h3>
    ${errorTable(errorsOfPlan(plan), 'Errors of this workflow')}
    <h3>Errors of every workflow</h3>
    ${errorTable(errorsOfTheChannel, 'Errors of every workflow')}
  </section>`;
}

function errorTable(codes: readonly ErrorCode[], name: string): Html {
  const sorted = [...codes].sort((one, other) => errorCodes[one].status - errorCodes[other].status);
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="${name}">
    <table>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Code</th>
          <th scope="col">What happened</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map((code) => {
          const { status, title, retryable } = errorCodes[code];
          return html`<tr>
            <td class="figure">${status}</td>
            <td><code>${code}</code></td>
            <td>${title}${retryable ? html` <span class="quiet">try again</span>` : undefined}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

export function limitsSection({ limits, inputs }: DocsFacts): Html {
  const rows: Pairs = [
    ['JSON body', `${bytes(limits.bodyLimit)} at most (413 payload_too_large)`],
    ['One input', `${bytes(limits.inputLimit)} at most (413 input_too_large)`],
    ...(inputs.some(({ type }) => /^(?:File|Image)/.test(type))
      ? ([['One file', `${bytes(limits.uploadLimit)} at most (413 payload_too_large)`]] as const)
      : []),
    ['Time', `${duration(limits)} at most; Heddle-Timeout asks for less (504 run_timeout)`],
    [
      'Requests',
      `${limits.ratePerMinute.toLocaleString('en')} a minute for a key, unless it has a rate of its own; ${limits.projectRatePerMinute.toLocaleString('en')} for a project (429 with Retry-After)`,
    ],
    [
      'Going away',
      limits.cancelOnDisconnect === 'true'
        ? 'A run is cancelled when its caller disconnects.'
        : 'A run continues when its caller disconnects: follow it at Location.',
    ],
  ];
  return html`<section id="limits" aria-labelledby="limits-title">
    <h2 id="limits-title">Limits</h2>
    ${definitions(rows)}
  </section>`;
}

const bytes = (count: number): string =>
  count >= 1024 * 1024 ? `${Math.floor(count / 1024 / 1024)} MiB` : `${Math.floor(count / 1024)} KiB`;

const duration = ({ publishedTimeoutMs }: DocsLimits): string =>
  `${(publishedTimeoutMs / 1000).toLocaleString('en')} s`;

export function versionsSection({ versions, live, mayRead }: DocsFacts): Html {
  return html`<section id="versions" aria-labelledby="versions-title">
    <h2 id="versions-title">Versions</h2>
    <p>A version never changes. Pin one with <code>Heddle-Version</code>; a run keeps its version to its end.</p>
    <div class="table-frame" tabindex="0" role="region" aria-label="Table of versions">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Published</th>
            ${mayRead ? html`<th scope="col">What is new</th>` : undefined}
          </tr>
        </thead>
        <tbody>
          ${versions.slice(0, 50).map(
            ({ version, publishedAt, note }) =>
              html`<tr>
                <td class="figure">${version} ${mark(version, live)}</td>
                <td>
                  <time datetime="${new Date(publishedAt).toISOString()}"
                    >${new Date(publishedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC</time
                  >
                </td>
                ${mayRead ? html`<td>${note}</td>` : undefined}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function mark(version: number, live: DocsFacts['live']): Html | undefined {
  if (live?.version === version) return html`<span class="badge badge-live">live</span>`;
  const share = live === undefined ? 0 : shareOf(live, version);
  if (share > 0) return html`<span class="badge">${Math.round(share * 100)}% of callers</span>`;
  return undefined;
}
