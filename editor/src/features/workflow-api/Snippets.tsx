import clsx from 'clsx';
import type { Snippet } from '@heddle/core';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { CopyButton } from '../../ui/buttons/CopyText.js';
import styles from './workflow-api.module.css';

/** Code samples that call the workflow, one at a time. */
export function Snippets({
  snippets,
  isReal,
}: {
  readonly snippets: readonly Snippet[];
  /** Whether the code sends the inputs of the last run. */
  readonly isReal: boolean;
}): ReactElement | null {
  const [chosen, setChosen] = useState(snippets[0]?.id);
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  if (snippet === undefined) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : undefined;
    if (step === undefined) return;
    const at = snippets.indexOf(snippet);
    const next = snippets[(at + step + snippets.length) % snippets.length];
    setChosen(next?.id);
    document.getElementById(`snippet-${next?.id ?? ''}`)?.focus();
  };
  return (
    <section className="section" aria-label="Code">
      <h2>Code</h2>
      <div className={clsx('tabs', styles['snippet-tabs'])} role="tablist" aria-label="Language">
        {snippets.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`snippet-${id}`}
            aria-selected={id === snippet.id}
            aria-controls="snippet"
            tabIndex={id === snippet.id ? 0 : -1}
            onClick={() => setChosen(id)}
            onKeyDown={onKeyDown}
          >
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="snippet" aria-labelledby={`snippet-${snippet.id}`} className="snippet">
        <p className="quiet">
          {snippet.help}
          {isReal ? ' The inputs are those of the last run; long ones are cut.' : ''}
        </p>
        <pre className="mono" tabIndex={0} aria-label={`${snippet.title} code`}>
          {snippet.code}
        </pre>
        <CopyButton key={snippet.id} text={snippet.code} what={`the ${snippet.title} code`} />
      </div>
    </section>
  );
}
