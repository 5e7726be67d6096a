import type { DocsFacts } from './docs-facts.js';
import { html, type Html } from './html.js';
import {
  errorsSection,
  headersSection,
  inputsSection,
  limitsSection,
  outputsSection,
  shapesSection,
  versionsSection,
} from './reference-sections.js';
import { streamSection } from './stream-section.js';
import { tryItSection } from './try-it-form.js';

const sections = [
  ['inputs', 'Inputs'],
  ['outputs', 'Outputs'],
  ['code', 'Code'],
  ['headers', 'Headers'],
  ['stream', 'Stream'],
  ['errors', 'Errors'],
  ['limits', 'Limits'],
  ['versions', 'Versions'],
] as const;

/** Renders the page of one workflow: its inputs and outputs, how to call it, and a form to try it. */
export function docsPage(facts: DocsFacts): Html {
  const { workflow, origin, mayRead } = facts;
  const address = `/v1/workflows/${workflow.slug}`;
  return html`${siteHeader()}
    <main class="docs">
      <header class="docs-head">
        <h1>${workflow.name}</h1>
        <p class="docs-address">
          <code id="address">POST ${origin}${address}</code>
          <button type="button" class="button button-small" data-copy="address" hidden>Copy</button>
        </p>
        ${workflow.description === undefined ? undefined : html`<p class="lead">${workflow.description}</p>`}
        <p class="links">
          <span class="badge badge-live">version ${workflow.version}</span>
          <a href="${address}/openapi.json">openapi.json</a>
          ${mayRead ? html`<a href="/workflows/${workflow.slug}/api">In the editor</a>` : undefined}
        </p>
        <nav aria-label="On this page">
          <ul>
            ${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
      </header>
      <div class="docs-columns">
        <div class="docs-text">
          ${inputsSection(facts)} ${outputsSection(facts)} ${codeSection(facts)} ${headersSection(facts)}
          ${streamSection(facts)} ${errorsSection(facts)} ${limitsSection(facts)} ${versionsSection(facts)}
          ${shapesSection(facts)}
        </div>
        ${tryItSection(facts)}
      </div>
    </main>`;
}

function codeSection({ snippets }: DocsFacts): Html {
  return html`<section id="code" aria-labelledby="code-title">
    <h2 id="code-title">Code</h2>
    <p>Put the key into the environment variable <code>HEDDLE_KEY</code>, never into the code.</p>
    ${snippets.map(
      ({ id, title, help, code }, index) =>
        html`<details name="code" ${index === 0 ? html`open` : undefined}>
          <summary>${title}</summary>
          <p class="quiet">${help}</p>
          <div class="snippet">
            <pre tabindex="0" id="code-${id}" aria-label="${title} code">${code}</pre>
            <button type="button" class="button button-small" data-copy="code-${id}" hidden>Copy</button>
          </div>
        </details>`,
    )}
  </section>`;
}

function siteHeader(): Html {
  return html`<header class="site"><a href="/v1/docs">API of this Heddle</a></header>`;
}

/** Renders the list of all workflows that the caller may run. */
export function docsIndex(
  workflows: readonly { readonly slug: string; readonly name: string; readonly description: string | undefined }[],
): Html {
  return html`${siteHeader()}
    <main class="docs docs-narrow">
      <header class="docs-head">
        <h1>API</h1>
        <p class="lead">The published workflows that you may call.</p>
        <p class="links">
          <a href="/v1/workflows/openapi.json">openapi.json of all</a>
          <a href="/api/openapi.json">openapi.json of the server itself</a>
        </p>
      </header>
      ${
        workflows.length === 0
          ? html`<p class="quiet">Nothing yet: publish a workflow, or ask for a key that may call one.</p>`
          : html`<ul class="docs-list">
              ${workflows.map(
                ({ slug, name, description }) =>
                  html`<li>
                    <a href="/v1/workflows/${slug}/docs"><strong>${name}</strong></a>
                    <code>${slug}</code>
                    ${description === undefined ? undefined : html`<p class="quiet">${description}</p>`}
                  </li>`,
              )}
            </ul>`
      }
    </main>`;
}

/** Renders the page for an error. */
export function docsRefusal(
  error: { readonly status: number; readonly code: string; readonly message: string },
  address: string,
): Html {
  return html`${siteHeader()}
    <main class="docs docs-narrow">
      <h1>${error.status === 401 ? 'Sign in to read this' : 'You cannot open this page'}</h1>
      <p>${error.message}</p>
      <p class="quiet"><code>${error.status} ${error.code}</code></p>
      ${
        error.status === 401
          ? html`<p>
              <a class="button button-primary" href="/sign-in?${new URLSearchParams({ next: address }).toString()}"
                >Sign in</a
              >
            </p>`
          : undefined
      }
    </main>`;
}
