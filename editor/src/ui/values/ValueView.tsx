import type { Citation, LabelledValue, PortTypeName } from '@heddle/core';
import { useMemo, useState, type ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { saveFile } from '../buttons/save-file.js';
import { textOf } from '../format/text-of.js';
import { OneView } from './OneView.js';
import { loadValue } from './read/run-value.js';
import { useWholeValue, type WholeValue } from './read/use-whole-value.js';
import { kindOf } from './read/value-kind.js';
import { viewsOf, type ViewName } from './read/views-of.js';
import { visibleText } from '../markdown/visible-text.js';

interface ValueViewProps {
  readonly value: LabelledValue;
  /** With `path` and `port`: where the complete value is loaded from if only a preview was sent. */
  readonly runId?: string | undefined;
  readonly path?: string | undefined;
  readonly port?: string | undefined;
  readonly type?: PortTypeName | undefined;
  /** Citations whose quotes are marked in passages. */
  readonly citations?: readonly Citation[] | undefined;
}

/**
 * A value of a run, in the views that suit it: text, Markdown, passages, table, tree, chat, images, files, vectors. It is never rendered as
 * HTML, nothing external is loaded, and a large value stays truncated until a person requests all of it.
 */
export function ValueView({ value: labelled, runId, path, port, type, citations }: ValueViewProps): ReactElement {
  const address = runId === undefined || path === undefined || port === undefined ? undefined : { runId, path, port };
  const whole = useWholeValue(labelled, address);
  const isText = whole.state === 'loading' || whole.state === 'preview';
  const kind = useMemo(() => (isText ? undefined : kindOf(whole.value, type)), [whole.value, type, isText]);
  const views = useMemo(() => (kind === undefined ? [] : viewsOf(kind)), [kind]);
  const [chosen, setChosen] = useState<ViewName>();
  const view = views.find(({ name }) => name === chosen)?.name ?? views[0]?.name ?? 'text';
  const save = (): void => {
    const ready = whole.state === 'whole' || address === undefined ? Promise.resolve(whole.value) : loadValue(address);
    void ready.then((all) =>
      typeof all === 'string'
        ? saveFile(`${port ?? 'value'}.txt`, all, 'text/plain')
        : saveFile(`${port ?? 'value'}.json`, textOf(all), 'application/json'),
    );
  };
  return (
    <div className="value-view stack" aria-busy={whole.state === 'loading'}>
      {views.length < 2 ? null : (
        <div className="view-choice boxed" role="group" aria-label="View">
          {views.map(({ name, title }) => (
            <button key={name} type="button" aria-pressed={name === view} onClick={() => setChosen(name)}>
              {title}
            </button>
          ))}
        </div>
      )}
      {kind === undefined ? (
        <pre className="output-json mono" tabIndex={0} aria-label="Truncated value">
          {visibleText(typeof whole.value === 'string' ? whole.value : '')}
        </pre>
      ) : (
        <OneView kind={kind} view={view} value={whole.value} citations={citations} />
      )}
      <Footer
        whole={whole}
        size={labelled.size}
        onSave={kind?.kind === 'files' || kind?.kind === 'empty' ? undefined : save}
      />
    </div>
  );
}

function Footer({
  whole,
  size,
  onSave,
}: {
  readonly whole: WholeValue;
  readonly size: number | undefined;
  readonly onSave: (() => void) | undefined;
}): ReactElement | null {
  const ofAll = size === undefined ? '' : ` (${formatBytes(size)} in total)`;
  const text = whole.state === 'whole' ? undefined : whole.state === 'loading' ? 'Loading…' : `Truncated${ofAll}.`;
  const isSmall = whole.state === 'whole' && (size ?? 0) < 2000;
  if (isSmall && whole.error === undefined) return null;
  return (
    <div className="aligned-wrapped gap-8 small-text">
      {whole.error === undefined ? null : <p className="field-error">{whole.error.message}</p>}
      {text === undefined ? null : (
        <p className="quiet" role="status">
          {text}
        </p>
      )}
      {whole.loadAll === undefined ? null : (
        <button type="button" className="button button-small" onClick={whole.loadAll}>
          Load all
        </button>
      )}
      {onSave === undefined ? null : (
        <button type="button" className="button button-small" onClick={onSave}>
          Download
        </button>
      )}
    </div>
  );
}
