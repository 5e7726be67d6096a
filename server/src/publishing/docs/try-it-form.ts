import { exampleInputs, exampleOf, takesFiles, type PortDescription } from '@heddle/core';
import type { DocsFacts } from './docs-facts.js';
import { html, type Html } from './html.js';

/**
 * Renders a form that calls the workflow. The form works only with the script of the page, so that a key typed here never gets into a URL.
 * The key stays in the page.
 */
export function tryItSection({ workflow, inputs, versions }: DocsFacts): Html {
  return html`<section id="try" class="try" aria-labelledby="try-title">
    <h2 id="try-title">Try it</h2>
    <noscript><p>This form needs JavaScript; the code below does not.</p></noscript>
    <form data-call="${`/v1/workflows/${workflow.slug}`}" autocomplete="off">
      <fieldset disabled>
        <div class="choice" role="radiogroup" aria-label="Inputs as">
          <label><input type="radio" name="as" value="form" checked /> Form</label>
          <label><input type="radio" name="as" value="json" /> JSON</label>
        </div>
        <div data-part="form">${inputs.map(field)}</div>
        <label class="field" data-part="json" hidden>
          <span>Inputs as JSON</span>
          ${textarea(html`name="json" rows="8" spellcheck="false" class="mono" aria-describedby="json-error"`, JSON.stringify(exampleInputs(inputs), null, 2))}
          <span id="json-error" class="problem" role="alert"></span>
        </label>
        <label class="field">
          <span>API key</span>
          <input name="key" type="password" autocomplete="off" spellcheck="false" placeholder="hk_&hellip;" />
          <span class="quiet">Kept in this page alone. Without one you call as yourself.</span>
        </label>
        <label class="field">
          <span>It answers</span>
          <select name="way">
            <option value="stream">as a stream</option>
            <option value="plain">when the run has ended</option>
            <option value="async">later: 202 and a run to follow</option>
          </select>
        </label>
        <details>
          <summary>Headers</summary>
          <label class="field">
            <span>Heddle-Version</span>
            <select name="heddle-version">
              <option value="">the live one</option>
              ${versions.slice(0, 50).map(({ version }) => html`<option value="${version}">${version}</option>`)}
            </select>
          </label>
          <label class="field"><span>Idempotency-Key</span><input name="idempotency-key" maxlength="255" /></label>
          <label class="field">
            <span>Heddle-Timeout</span
            ><input name="heddle-timeout" inputmode="numeric" pattern="[1-9][0-9]{0,11}" placeholder="milliseconds" />
          </label>
        </details>
        <p class="actions">
          <button type="submit" class="button button-primary">Send</button>
          <button type="button" class="button" data-stop hidden>Stop waiting</button>
        </p>
      </fieldset>
    </form>
    <section class="reply" aria-label="Reply" hidden>
      <p role="status" data-status></p>
      <dl class="pairs" data-headers></dl>
      <div data-texts></div>
      <ol data-events aria-label="Events"></ol>
      <pre tabindex="0" data-body aria-label="Reply as JSON" hidden></pre>
    </section>
  </section>`;
}

/** Renders an input as a field; `data-as` says how its value is parsed. */
function field(port: PortDescription): Html {
  const id = `in-${port.name}`;
  const isNeeded = !port.isOptional && port.default === undefined;
  return html`<div class="field">
    <label for="${id}"
      >${port.title ?? port.name}
      <span class="quiet"><code>${port.type}</code>${isNeeded ? undefined : ' optional'}</span></label
    >
    ${control(port, id, isNeeded)}
    <span class="quiet" id="${id}-help">${port.help}</span>
    <span class="problem" id="${id}-error" role="alert"></span>
  </div>`;
}

function control(port: PortDescription, id: string, isNeeded: boolean): Html {
  const begin = isNeeded || port.default !== undefined ? exampleOf(port) : undefined;
  const said = html`id="${id}" data-input="${port.name}" aria-describedby="${id}-help
  ${id}-error"${isNeeded ? html` data-needed` : undefined}`;
  const choices = port.schema?.['enum'];
  if (Array.isArray(choices) && choices.length > 0)
    return html`<select ${said} data-as="text">
      ${isNeeded ? undefined : html`<option value=""></option>`}
      ${choices.map(String).map((choice) => html`<option ${choice === begin ? html`selected` : undefined}>${choice}</option>`)}
    </select>`;
  if (takesFiles(port))
    return html`<input ${said} data-as="file" type="file" ${port.type.endsWith('[]') ? html`multiple` : undefined} />`;
  switch (port.type) {
    case 'Text':
      return textarea(html`${said} data-as="text" rows="2"`, asText(begin));
    case 'Number':
      return html`<input ${said} data-as="number" type="number" step="any" value="${asText(begin)}" />`;
    case 'Boolean':
      return html`<select ${said} data-as="json">
        ${isNeeded ? undefined : html`<option value=""></option>`}
        <option ${begin === true ? html`selected` : undefined}>true</option>
        <option ${begin === false ? html`selected` : undefined}>false</option>
      </select>`;
    default:
      return textarea(html`${said} data-as="json" rows="4" spellcheck="false" class="mono"`, asText(begin));
  }
}

/** HTML ignores the first line break after the opening tag, so the text is preceded by one. */
function textarea(attributes: Html, text: string): Html {
  const before = '\n';
  return html`<textarea ${attributes}>${before}${text}</textarea>`;
}

const asText = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
